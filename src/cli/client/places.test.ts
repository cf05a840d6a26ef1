import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { DEFAULT_URL, findPlaces } from './places.ts';

const FLAGS = { json: false, verbose: false };

describe('where a command looks for the gateway', () => {
  const home = process.cwd();
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'places-'));
    process.chdir(folder);
  });
  after(async () => {
    process.chdir(home);
    await rm(folder, { recursive: true });
  });

  const find = (env: Record<string, string>, flags = {}) => findPlaces({ ...FLAGS, ...flags }, { env });
  const admin = (host: string, port: number) =>
    `data: /srv/data\nlisteners: { admin: { host: "${host}", port: ${port} } }\n`;

  it('is the default place when nothing is named', async () => {
    assert.deepEqual(await find({}), { url: DEFAULT_URL, data: '.ringfence' });
  });

  it('is where the named configuration says, unless a flag or a variable says otherwise', async () => {
    await writeFile('named.yaml', admin('127.0.0.1', 5555));
    const env = { RINGFENCE_CONFIG: 'named.yaml' };
    const said = { url: 'http://127.0.0.1:5555', data: '/srv/data' };
    assert.deepEqual(await find(env), said);
    assert.deepEqual(await find({}, { config: 'named.yaml' }), said);
    assert.deepEqual(await find({ ...env, RINGFENCE_DATA: 'other' }), { ...said, data: 'other' });
    const url = 'http://127.0.0.1:6666';
    assert.deepEqual(await find({ ...env, RINGFENCE_URL: url }), { ...said, url });
    assert.deepEqual(await find(env, { url, data: 'x' }), { url, data: 'x' });
  });

  it('is this machine when the gateway listens at all addresses', async () => {
    await writeFile('named.yaml', admin('0.0.0.0', 5555));
    assert.equal((await find({}, { config: 'named.yaml' })).url, 'http://127.0.0.1:5555');
    await writeFile('named.yaml', admin('::', 5555));
    assert.equal((await find({}, { config: 'named.yaml' })).url, 'http://[::1]:5555');
  });

  it('is the default place when the configuration cannot be read, or leaves the port open', async () => {
    assert.equal((await find({ RINGFENCE_CONFIG: 'nowhere.yaml' })).url, DEFAULT_URL);
    await writeFile('named.yaml', 'listeners: 7');
    assert.equal((await find({ RINGFENCE_CONFIG: 'named.yaml' })).url, DEFAULT_URL);
    await writeFile('named.yaml', admin('127.0.0.1', 0));
    assert.equal((await find({ RINGFENCE_CONFIG: 'named.yaml' })).url, DEFAULT_URL);
  });

  it('ignores a configuration that merely lies in the working folder', async () => {
    await writeFile('ringfence.yaml', admin('127.0.0.1', 7777));
    assert.deepEqual(await find({}), { url: DEFAULT_URL, data: '.ringfence' });
  });
});
