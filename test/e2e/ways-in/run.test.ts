import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ENVIRONMENT, SERVICES } from '../../../scripts/services.ts';
import { ensureAdminToken, startAdminServer } from '../../../src/node/services/admin-server.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { appEnvironment, type Step } from '../sdks-run.ts';

const MAIN = fileURLToPath(new URL('../../../src/start.mjs', import.meta.url));
const CLIENTS = fileURLToPath(new URL('../clients/', import.meta.url));
const isMissing = (name: string): boolean =>
  process.env['CI'] !== 'true' && SERVICES.find((one) => one.name.startsWith(name))?.found() !== true;

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe('ringfence run', () => {
  let node: TestNode;
  let stopAdmin: () => Promise<void>;
  let folder: string;
  before(async () => {
    node = await startNode();
    await ensureAdminToken(node.primary);
    stopAdmin = await startAdminServer(node.primary, () => {});
    folder = await mkdtemp(join(tmpdir(), 'ringfence-run-test-'));
  });
  after(async () => {
    await stopAdmin();
    await node.close();
    await rm(folder, { recursive: true });
  });

  /** The CLI in a process of its own, told of the node as a user would; `started` sees it before it ends. */
  async function ringfence(
    command: readonly string[],
    { flags = [] as readonly string[], vendor = 'twilio', started = (_child: ChildProcess) => {} } = {},
  ): Promise<Ended> {
    const own = {
      ...appEnvironment(node, vendor),
      PATH: `${dirname(process.execPath)}:${ENVIRONMENT.PATH}`,
      RINGFENCE_URL: `http://127.0.0.1:${node.ports.admin}`,
      RINGFENCE_DATA: node.primary.config.data,
      HTTPS_PROXY: 'http://127.0.0.1:1',
      NO_PROXY: '.twilio.com,intranet.example',
    };
    const args = [MAIN, 'run', ...flags, '--', ...command];
    const child = spawn(process.execPath, args, { env: own, stdio: ['ignore', 'pipe', 'pipe'] });
    const texts = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'] as const)
      child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text));
    started(child);
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    return { code, ...texts };
  }

  async function app(name: string, text: string): Promise<string> {
    const path = join(folder, name);
    await writeFile(path, text);
    await chmod(path, 0o755);
    return path;
  }

  const steps = (stdout: string): ReadonlyMap<string, Step> =>
    new Map(
      stdout
        .split('\n')
        .filter((line) => line.startsWith('{'))
        .map((line) => JSON.parse(line) as Step)
        .map((step) => [step.name, step]),
    );

  it('takes a Node app and its SDK behind the gateway, proven, although the app’s own environment names another proxy', async () => {
    const before = node.sandbox.requests.list().length;
    const { code, stdout, stderr } = await ringfence(['node', join(CLIENTS, 'twilio.mjs')]);
    assert.equal(code, 0, stderr);
    assert.equal(steps(stdout).get('send')?.value, 'queued');
    assert.match(steps(stdout).get('refused message')?.message ?? '', /policy_denied/);
    assert.match(
      stderr,
      /^Proven: \d HTTP clients \(node(, curl)?\) reached the gateway for \d+ vendor hosts\. /,
    );
    assert.ok(node.sandbox.requests.list().length > before);
  });

  it(
    'takes a Python app and its SDK behind the gateway',
    { skip: isMissing('Python') && 'needs .venv' },
    async () => {
      const { code, stdout, stderr } = await ringfence(['python3', join(CLIENTS, 'twilio.client.py')]);
      assert.equal(code, 0, stderr);
      assert.equal(steps(stdout).get('send')?.value, 'queued');
      assert.match(steps(stdout).get('refused message')?.message ?? '', /policy_denied/);
      assert.match(stderr, /^Proven: \d HTTP clients \(python(, curl)?\)/);
    },
  );

  it('gives the program its arguments, and its exit code to the shell', async () => {
    const path = await app('exit.mjs', 'console.log(process.argv.slice(2).join()); process.exit(7);');
    const { code, stdout } = await ringfence(['node', path, '--json', 'a b', '-x']);
    assert.deepEqual([code, stdout], [7, '--json,a b,-x\n']);
  });

  it('passes signals on, and tells of one that killed the program', async () => {
    const waits = await app(
      'wait.mjs',
      `process.on('SIGTERM', () => { console.log('told to end'); process.exit(5); });
       console.log('waiting');
       setInterval(() => {}, 1000);`,
    );
    const ended = await ringfence(['node', waits], {
      flags: ['--no-proof'],
      started: (child) => child.stdout?.once('data', () => child.kill('SIGTERM')),
    });
    assert.deepEqual([ended.code, ended.stdout], [5, 'waiting\ntold to end\n']);
    const dies = await app('die.mjs', `process.kill(process.pid, 'SIGKILL');`);
    assert.equal((await ringfence(['node', dies], { flags: ['--no-proof'] })).code, 137);
  });

  it('says exactly what a program of unknown nature leaves unproven, and runs it', async () => {
    const path = await app('job', '#!/bin/sh\nexit 3\n');
    const { code, stderr } = await ringfence([path], { flags: ['--verbose'] });
    assert.equal(code, 3);
    const [, missing = ''] = stderr.split('Not covered:\n');
    assert.ok(
      missing.includes(`${path} is neither Node, Python, Java nor curl: what it does itself was not tried.`),
    );
    for (const sentence of [
      /twilio for Node obeys HTTP_PROXY only/,
      /livekit-server-sdk \(Node\), .* drop the path of their host argument/,
      /sets a proxy, a CA list or another base URL in its own code/,
    ])
      assert.match(missing, sentence);
    assert.match(stderr, /api\.twilio\.com +node \(fetch\) +covered/);
  });

  it('runs nothing when calls would pass the gateway by, and says which', async () => {
    const stray = `#!/bin/sh
export RINGFENCE_PROXY=http://127.0.0.1:1 HTTPS_PROXY=http://127.0.0.1:1 https_proxy=http://127.0.0.1:1
exec ${process.execPath} "$@"
`;
    const path = await app('node', stray);
    const script = await app('ran.mjs', `console.log('ran');`);
    const refused = await ringfence([path, script]);
    assert.equal(refused.code, 3);
    assert.equal(refused.stdout, '');
    assert.match(refused.stderr, /api\.twilio\.com +node \(.+\) +failed: /);
    assert.match(refused.stderr, /Not run, because its calls may bypass the gateway\./);
    const forced = await ringfence([path, script], { flags: ['--unproven'] });
    assert.deepEqual([forced.code, forced.stdout], [0, 'ran\n']);
  });

  it('says so when there is no such program', async () => {
    const { code, stderr } = await ringfence(['no-such-program'], { flags: ['--no-proof'] });
    assert.equal(code, 1);
    assert.match(stderr, /no-such-program cannot be run: there is no such program here or in PATH\./);
  });
});
