import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { after, before, describe, it } from 'node:test';
import { writeConfiguration } from '../node-fixture.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/start.mjs');
/** Has the form of a credential and opens nothing: no request goes to a vendor here. */
const CREDENTIAL = JSON.stringify({ apiKey: `KEY0123456789ABCDEF0123456789ABCDEF_${'a'.repeat(22)}` });

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const read = (stream: Readable | null): Promise<string> =>
  stream === null ? Promise.resolve('') : text(stream);

/** The commands as a shell runs them: a process each, in a folder without anything. */
describe('ringfence, started as a program', () => {
  let folder: string;
  let server: ChildProcess | null = null;
  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'ringfence-main-'));
    url = `http://127.0.0.1:${(await writeConfiguration(folder)).admin}`;
  });
  after(() => {
    server?.kill('SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  });
  let url = '';
  let oldToken = '';

  function launch(args: readonly string[], more: Readonly<Record<string, string>> = {}): ChildProcess {
    const env = { PATH: process.env['PATH'], HOME: folder, RINGFENCE_DATA: join(folder, 'data'), ...more };
    return spawn(process.execPath, [MAIN, ...args], { cwd: folder, env: { ...env, RINGFENCE_URL: url } });
  }

  async function run(line: string, input = '', more: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const child = launch(line.split(' '), more);
    const ended = once(child, 'close') as Promise<[number | null]>;
    child.stdin?.on('error', () => {}).end(input);
    const [stdout, stderr] = await Promise.all([read(child.stdout), read(child.stderr)]);
    return { code: (await ended)[0], stdout, stderr };
  }

  /** What a command that succeeds says under `--json`. */
  async function json<T>(line: string, input = ''): Promise<T> {
    const { code, stdout, stderr } = await run(`${line} --json`, input);
    assert.equal(code, 0, `${line}: ${stderr}`);
    return JSON.parse(stdout) as T;
  }

  it('says what is wrong as one JSON object, with an exit code of its own', async () => {
    const failed = await run('status --json');
    assert.equal(failed.code, 1);
    assert.equal(failed.stdout, '');
    const { error } = JSON.parse(failed.stderr) as { readonly error: { readonly code: string } };
    assert.equal(error.code, 'admin_unreachable');
    assert.equal((await run('no-such-command')).code, 2);
  });

  it('writes a long report whole, however slowly it is read', async () => {
    const valueOf = (number: number) => hash('sha256', String(number)).slice(0, 32);
    const values = Array.from({ length: 400 }, (_, number) => `TWILIO_AUTH_TOKEN=${valueOf(number)}\n`);
    writeFileSync(join(folder, 'leaks.txt'), values.join(''));
    const line = `"${process.execPath}" "${MAIN}" scan leaks.txt --json | { sleep 1; cat; }`;
    const report = await text(
      spawn('sh', ['-c', line], { cwd: folder, stdio: ['ignore', 'pipe', 'inherit'] }).stdout,
    );
    assert.ok(report.length > 100_000);
    const { findings } = JSON.parse(report) as { readonly findings: readonly unknown[] };
    assert.equal(findings.length, 400);
  });

  it('sets itself up once, and serves', async () => {
    const first = await run('init');
    assert.equal(first.code, 0, first.stderr);
    assert.match(first.stdout, /key ring .*\n.*admin token/s);
    const again = await run('init');
    assert.equal(again.code, 0, again.stderr);
    assert.doesNotMatch(again.stdout, /key ring|admin token/);
    const token = () => readFileSync(join(folder, 'data', 'admin-token'), 'utf8');
    oldToken = token().trim();
    assert.match((await run('init --new-token')).stdout, /^admin token/);
    assert.notEqual(token().trim(), oldToken);
    assert.equal(statSync(join(folder, 'data', 'admin-token')).mode & 0o777, 0o600);
    server = launch(['serve']);
    let said = '';
    await new Promise<void>((ready) => {
      server?.stdout?.on('data', (chunk: Buffer) => {
        said += chunk.toString();
        if (said.includes('ready, 1 data-plane process')) ready();
      });
      server?.once('exit', () => ready());
    });
    assert.match(said, /ready, 1 data-plane process/);
  });

  it('tells as one JSON object what it made', async () => {
    const data = join(folder, 'other');
    const made = await json<Readonly<Record<string, string | null>>>(`init --data ${data}`);
    const [keyRing, adminToken] = [join(data, 'key-ring'), join(data, 'admin-token')];
    assert.deepEqual(made, { data, keyRing, configuration: null, adminToken, policy: 'starter' });
    const nothing = { data, keyRing: null, configuration: null, adminToken: null, policy: null };
    assert.deepEqual(await json(`init --data ${data}`), nothing);
  });

  it('opens the admin API to the newest token alone, and tells of all that init did', async () => {
    assert.equal((await run('status', '', { RINGFENCE_TOKEN: oldToken })).code, 4);
    const { stdout } = await run('journal export');
    for (const act of ['policy.put', 'admin.token'])
      assert.ok(stdout.includes(`"actor":"init","act":"${act}"`), act);
  });

  it('tells how it is', async () => {
    const { workers, journals } = await json<{
      readonly workers: readonly { readonly state: string }[];
      readonly journals: readonly { readonly node: string; readonly state: string }[];
    }>('status');
    assert.deepEqual(
      workers.map(({ state }) => state),
      ['ok'],
    );
    assert.deepEqual(
      journals.map(({ node, state }) => `${node} ${state}`),
      ['control ok', 'w0 ok'],
    );
    const checks = await json<readonly { readonly name: string; readonly state: string }[]>('doctor');
    assert.deepEqual(
      checks.filter(({ state }) => state === 'finding'),
      [],
    );
    const stranger = await run('status --json', '', { RINGFENCE_TOKEN: 'rfa_wrong' });
    assert.equal(stranger.code, 4);
  });

  it('makes, lists and revokes a key, which is shown once', async () => {
    await json('apps create shop');
    await json('accounts seal telnyx main --stdin', CREDENTIAL);
    const made = await json<{ readonly key: { readonly id: string } }>(
      'keys create till --app shop --account main',
    );
    const [listed] = await json<readonly { readonly id: string; readonly state: string }[]>('keys list');
    assert.deepEqual([listed?.id, listed?.state], [made.key.id, 'active']);
    assert.equal(JSON.stringify(listed).includes('rfv'), false);
    assert.equal((await run('keys revoke till --yes')).code, 0);
    assert.deepEqual(await json('keys list'), []);
    assert.equal((await run('keys revoke nobody --yes')).code, 1);
  });

  it('ends quietly when whoever read its output has gone', async () => {
    const child = launch(['journal', 'export']);
    child.stdout?.destroy();
    const ended = once(child, 'close') as Promise<[number | null]>;
    // A short export is written before the loss is told; then its last word may have left as well.
    assert.match(await read(child.stderr), /^(?:\d+ records exported\.\n)?$/);
    assert.equal((await ended)[0], 141);
  });

  it('switches off and on', async () => {
    const kill = await json<{ readonly id: string }>('kill on --all --reason test');
    assert.equal((await json<readonly unknown[]>('kill list')).length, 1);
    assert.equal((await run(`kill lift ${kill.id} --yes`)).code, 0);
    assert.deepEqual(await json('kill list'), []);
  });

  it('verifies its journal, and names the record that was changed', async () => {
    const { journals, problems } = await json<{
      readonly journals: readonly { readonly node: string; readonly torn: readonly unknown[] }[];
      readonly problems: readonly string[];
    }>('journal verify');
    assert.deepEqual([problems, journals.map(({ torn }) => torn)], [[], [[], []]]);
    const control = join(folder, 'data', 'journal', 'control');
    const [oldest = ''] = readdirSync(control)
      .filter((name) => name.endsWith('.journal'))
      .toSorted();
    const bytes = readFileSync(join(control, oldest));
    bytes.writeUInt8((bytes[400] ?? 0) ^ 1, 400);
    writeFileSync(join(control, oldest), bytes);
    const found = await run('journal verify --json');
    assert.equal(found.code, 3, found.stderr);
    assert.match(found.stdout, /Record control-1-\d+: /);
    assert.match((await run('journal verify')).stdout, /Record control-1-\d+: /);
  });

  it('retires a damaged epoch when told why, keeps it, and verifies again', async () => {
    const undamaged = await run('journal retire control 2 --reason wrong --yes');
    assert.match(undamaged.stderr, /Nothing is wrong with epoch 2/);
    assert.equal((await run('journal retire control 1 --reason disk --yes')).code, 0);
    const { code, stdout } = await run('journal verify');
    assert.equal(code, 0, stdout);
    assert.match(stdout, /control: retired through epoch 1 by admin\S* on [\d-]+: disk; 1 segment kept/);
    assert.match((await run('journal tail --limit 50')).stdout, /journal\.retire control/);
  });

  it('goes on when whoever read its log has gone', async () => {
    const pids = async () => {
      type Status = { readonly workers: readonly { readonly pid: number | null; readonly state: string }[] };
      const { workers } = await json<Status>('status');
      return workers.filter(({ state }) => state === 'ok').map(({ pid }) => pid ?? 0);
    };
    const [before = 0] = await pids();
    server?.stdout?.destroy();
    server?.stderr?.destroy();
    process.kill(before, 'SIGKILL'); // Of which there is a line to say.
    let now = await pids();
    for (let tries = 0; tries < 30 && (now.length === 0 || now[0] === before); tries++) now = await pids();
    assert.notDeepEqual(now, [before]);
    assert.equal(now.length, 1);
  });

  it('ends in order when its terminal is closed', async () => {
    const ended = once(server ?? assert.fail(), 'exit') as Promise<[number | null]>;
    server?.kill('SIGHUP');
    assert.equal((await ended)[0], 0);
    server = null;
  });
});
