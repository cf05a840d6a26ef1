import assert from 'node:assert/strict';
import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { promisify } from 'node:util';
import { createClient } from '../../../src/cli/client/client.ts';
import { ALLOWED, REFUSED, writeConfiguration, type Ports } from '../node-fixture.ts';
import { until } from '../spending.ts';

const run = promisify(execFile);
const ROOT = resolve(import.meta.dirname, '../../..');
/** What the README promises, from the end of the installation on: to a machine that others leave alone. */
const PROMISED_SECONDS = 60;
/** An end takes the time of the last group sync, and on a busy machine no longer than the start. */
const END = 15_000;
/** What is told of work that takes seconds, as on a slow machine. */
const SLOWLY = /^loading the journal of .*\n/gm;

/** The first command of the README as npm runs it, on ports and data of its own. */
interface Started {
  readonly child: ChildProcess;
  readonly took: number;
  readonly processorSeconds: number;
  stdout(): string;
  stderr(): string;
  ended(): Promise<number | null>;
}

describe('the first command of the README', () => {
  let folder: string;
  let ports: Ports;
  let first: Started;
  let latest: ChildProcess | undefined;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'ringfence-walk-'));
    ports = await writeConfiguration(folder);
    first = await start();
  });
  after(async () => {
    latest?.kill('SIGKILL');
    await rm(folder, { recursive: true });
  });

  async function start(): Promise<Started> {
    const { scripts } = JSON.parse(await readFile(join(ROOT, 'package.json'), 'utf8')) as {
      scripts: { start: string };
    };
    const [program, ...args] = scripts.start.split(' ');
    assert.equal(program, 'node');
    const began = performance.now();
    const child = spawn(process.execPath, [...args, '--config', join(folder, 'ringfence.yaml')], {
      cwd: ROOT,
      env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    latest = child;
    const texts = { stdout: '', stderr: '' };
    const ended = new Promise<number | null>((done) => child.once('close', done));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (texts.stderr += text));
    await new Promise<void>((ready, failed) => {
      child.stdout.setEncoding('utf8').on('data', (text: string) => {
        texts.stdout += text;
        if (/^ready, /m.test(texts.stdout)) ready();
      });
      child.once('close', () => failed(new Error(`ended early: ${texts.stdout}${texts.stderr}`)));
    });
    return {
      child,
      took: performance.now() - began,
      processorSeconds: processorSecondsOf(child.pid ?? 0),
      stdout: () => texts.stdout,
      stderr: () => texts.stderr.replaceAll(SLOWLY, ''),
      ended: () => ended,
    };
  }

  const line = (name: string): string =>
    first
      .stdout()
      .split('\n')
      .find((one) => one.trim().startsWith(name)) ?? '';

  async function admin() {
    const token = (await readFile(join(folder, 'data', 'admin-token'), 'utf8')).trim();
    return createClient({ url: `http://127.0.0.1:${ports.admin}`, token, actor: 'walk' });
  }

  /** The code to paste, as an app of the user would have it, with something to do. */
  async function paste(to: string): Promise<string> {
    const [, pasted = ''] = first.stdout().split('Paste this into your own app:');
    const code = pasted.split('base URL')[0] ?? '';
    const work = `const message = await client.messages.create({ to: '${to}', from: '+4915215550000', body: 'x' })
      .catch((error) => ({ status: error.constructor.name + ' ' + error.message }));
    console.log(message.status);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', `${code}\n${work}`], {
      cwd: ROOT,
    });
    return stdout.trim();
  }

  it('is what the README says, and is ready within a minute', async () => {
    assert.match(await readFile(join(ROOT, 'README.md'), 'utf8'), /^npm ci && npm start$/m);
    assert.ok(first.processorSeconds < PROMISED_SECONDS, `${first.processorSeconds} s`);
    assert.equal(first.stderr(), '');
  });

  it('sends a message with the vendor’s own SDK', () => {
    assert.match(line('sent '), /^ {2}sent {6}SM[0-9a-f]{32} \(queued\)$/);
  });

  it('shows one that is refused: the SDK’s own exception, the rule, and the id of the decision', () => {
    assert.match(
      line('refused '),
      /RestException 403\/21408: rule:home: \+44\*+56 \(GB\) is not covered\. \[w0-\d+-\d+\] \(Ringfence policy_denied, rule:home\)$/,
    );
  });

  it('shows a budget that stops at the cent', async () => {
    assert.match(
      line('budget '),
      /3 messages, then RestException 403\/20003: The budget \S+ of 0\.30 USD has 0\.00 USD left; this needs 0\.10 USD\./,
    );
    const client = await admin();
    // The ledger has it a moment after the answers.
    const rows = await until(async () => {
      const loaded = await client.call('ledger.list', { limit: 50 });
      return loaded.length >= 3 && loaded.every(({ state }) => state !== 'reserved') ? loaded : null;
    });
    assert.equal(rows.length, 3);
    assert.ok(rows.every(({ state, bound }) => state === 'committed' && bound === '0.10'));
  });

  it('tells where the simulated vendors have their bill, which is what the ledger says', async () => {
    const [control = ''] = /http:\S+\/_sandbox\//.exec(line('Simulated vendors: ')) ?? [];
    const totals = (await (await fetch(`${control}bill/totals`)).json()) as readonly { amount: number }[];
    assert.deepEqual(
      totals.map(({ amount }) => amount),
      [300_000],
    );
  });

  it('prints code that works when it is pasted into an app', async () => {
    assert.equal(await paste(ALLOWED), 'queued');
    assert.match(await paste(REFUSED), /^RestException .*policy_denied/);
  });

  it('stays up, with books and journal in order', async () => {
    const client = await admin();
    assert.equal(first.child.exitCode, null);
    assert.deepEqual((await client.call('ledger.verify', {})).problems, []);
    assert.deepEqual((await client.call('journal.verify', {})).problems, []);
  });

  it('ends on Ctrl-C, cleanly and with all its processes', async () => {
    const began = performance.now();
    first.child.kill('SIGINT');
    assert.equal(await first.ended(), 0);
    assert.ok(performance.now() - began < END + first.took);
    assert.equal(first.stderr(), '');
    for (const port of Object.values(ports)) assert.equal(await isOpen(port), false, `port ${port}`);
  });

  it('comes up again over the same data, and the app still works', async () => {
    const before = first.stdout();
    first = await start();
    const key = (text: string) => /rfv[0-9A-Za-z]{29}/.exec(text)?.[0];
    assert.ok(key(before) !== undefined && key(first.stdout()) === key(before));
    assert.equal(await paste(ALLOWED), 'queued');
  });

  it('comes up also where a budget of its user leaves the demonstration nothing', async () => {
    const day = { unit: 'money', window: { kind: 'day' }, scope: {}, rates: {} } as const;
    await (await admin()).call('budgets.put', { name: 'tiny', limit: '0.01', currency: 'USD', ...day });
    first.child.kill('SIGTERM');
    assert.equal(await first.ended(), 0);
    first = await start();
    assert.match(first.stdout(), /^The demonstration ended early\..*the gateway is up\.$/m);
    first.child.kill('SIGTERM');
    assert.equal(await first.ended(), 0);
  });
});

/** Of a process and of all that it has started: other work on the machine does not lengthen them. */
function processorSecondsOf(pid: number): number {
  const own = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ').slice(11, 15) ?? [];
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
  const ticks = own.reduce((sum, one) => sum + Number(one), 0);
  return children.reduce((sum, child) => sum + processorSecondsOf(Number(child)), ticks / 100);
}

function isOpen(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      done(true);
    });
    socket.once('error', () => done(false));
  });
}
