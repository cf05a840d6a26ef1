import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { test } from 'node:test';
import { promisify } from 'node:util';
import { COMPLETION_SCRIPTS } from './completion-scripts.ts';
import { readDuration, readWhole } from './flags.ts';
import { parseValues, type VendorInfo } from './secrets.ts';

const run = promisify(execFile);
const field = (name: string, secret: boolean) => ({ name, label: name, secret, required: true, problem: '' });
const vendor = {
  id: 'acme',
  fields: [field('sid', false), field('token', true), field('key', true)],
} as unknown as VendorInfo;

test('secrets are read as JSON, one a line in the order of the fields, or as one PEM file', () => {
  assert.deepEqual(parseValues(vendor, '{"sid":"AC1","token":"t"}'), { sid: 'AC1', token: 't' });
  assert.deepEqual(parseValues(vendor, 'one\r\ntwo\n'), { token: 'one', key: 'two' });
  const pem = '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----';
  assert.deepEqual(parseValues(vendor, `${pem}\n`), { token: pem });
});

test('secrets of another form are refused, without repeating them', () => {
  for (const input of ['a\nb\nhunter2', '{"token":hunter2}', '{"token":["hunter2"]}'])
    assert.throws(
      () => parseValues(vendor, input),
      (error: Error) => !error.message.includes('hunter2'),
    );
});

test('durations and numbers are exact or refused', () => {
  assert.deepEqual(
    ['90s', '15m', '12h', '30d', '4w'].map(readDuration),
    [90, 900, 43_200, 2_592_000, 2_419_200],
  );
  for (const input of ['', '5', '1.5h', '-1h', '1y', '1h '])
    assert.throws(() => readDuration(input), { code: 'usage' });
  for (const input of ['-1', '1e3', '', '0x1']) assert.throws(() => readWhole(input), { code: 'usage' });
});

test('the bash script offers what the program proposes, and passes an empty last word', async () => {
  const script = `ringfence() { printf '[%s]\\n' "$@"; }
${COMPLETION_SCRIPTS.bash}
COMP_WORDS=(ringfence keys "") COMP_CWORD=2; _ringfence; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout } = await run('bash', ['-c', script]);
  assert.equal(stdout, '[__complete]\n[--]\n[keys]\n[]\n');
});

test('a start loads neither the schemas nor the gateway', async () => {
  const program = `
    import { registerHooks } from 'node:module';
    const loaded = [];
    registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
    const { createCli } = await import(${JSON.stringify(new URL('./cli.ts', import.meta.url).href)});
    const { createClient } = await import(${JSON.stringify(new URL('./client.ts', import.meta.url).href)});
    const cli = createCli({ process, client: createClient, actions: {}, version: '1.2.3' });
    await cli.run(['--version']);
    console.log(loaded.filter((url) => /\\/(zod|hono|undici|kysely)\\/|\\/src\\/(gateway|store|vendors)\\//.test(url)).length);
  `;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', program]);
  assert.equal(stdout, '1.2.3\n0\n');
});
