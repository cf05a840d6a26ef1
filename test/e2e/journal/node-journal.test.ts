import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { readRaw } from '../../../src/journal/journal-fixture.ts';
import { readJournal } from '../../../src/journal/tail.ts';
import { micros } from '../../../src/kernel/money.ts';
import { createJournalService } from '../../../src/node/services/journal-service.ts';
import { createSystemService } from '../../../src/node/services/system-service.ts';
import { freePort } from '../../free-ports.ts';
import { createNode, startSandbox, type NodeProcess } from '../../torture/processes.ts';
import { frenchRequest } from '../../torture/requests.ts';
import type { Inspection, Pending } from '../../torture/world.ts';
import { leaveOut, whyNoStrace } from './journal-harness.ts';
import { ALLOWED, FROM, REFUSED, startNode, type TestNode } from '../node-fixture.ts';
import { fillDisk, mountDisk } from './own-disk.ts';
import { trace } from './strace.ts';

interface Answer {
  readonly status: number;
  /** `allowed` or `denied`. */
  readonly verdict: string;
  readonly code: string | null;
  /** The decision's place in the journal; null when it has none. */
  readonly id: string | null;
}

/** Sends one message on a connection of its own; null when there was no answer. */
function send({ ports, parts }: TestNode, to = ALLOWED): Promise<Answer | null> {
  const body = JSON.stringify({ to, from: FROM, text: 'x' });
  const headers = {
    authorization: `Bearer ${parts('telnyx', 'secret')['apiKey'] ?? ''}`,
    'content-type': 'application/json',
    'content-length': body.length,
  };
  const path = '/api.telnyx.com/v2/messages';
  const options = { agent: new Agent(), host: '127.0.0.1', port: ports.apps, method: 'POST', path, headers };
  return new Promise((resolve) => {
    const sent = request(options, (response) => {
      const decision = String(response.headers['ringfence-decision']);
      const answer = {
        status: response.statusCode ?? 0,
        verdict: /^\w+/.exec(decision)?.[0] ?? '',
        code: /code=(\w+)/.exec(decision)?.[1] ?? null,
        id: /id=([\w-]+)/.exec(decision)?.[1] ?? null,
      };
      response
        .on('end', () => resolve(answer))
        .on('error', () => resolve(null))
        .resume();
    });
    sent.on('error', () => resolve(null)).end(body);
  });
}

/** Some at the same time, one of them refused by the policy. */
async function burst(node: TestNode, size = 6): Promise<readonly Answer[]> {
  const all = await Promise.all(
    Array.from({ length: size }, (_, index) => send(node, index === 0 ? REFUSED : ALLOWED)),
  );
  return all.filter((answer) => answer !== null);
}

/** Every answered decision is in the journal as what it was, and nothing reached the vendor without a record. */
async function checkJournal({ primary, sandbox }: TestNode, answers: readonly Answer[]): Promise<void> {
  const types = new Map<string, string>();
  let intents = 0;
  for (const node of readdirSync(primary.paths.journal))
    for await (const { epoch, position, record } of readJournal(join(primary.paths.journal, node))) {
      types.set(`${node}-${epoch}-${position}`, record.type);
      if (record.type === 'intent') intents += 1;
    }
  for (const { id, verdict } of answers)
    if (id !== null) assert.equal(types.get(id), verdict === 'allowed' ? 'intent' : 'refusal', id);
  assert.ok(sandbox.requests.count <= intents + 100, 'requests without a record');
  assert.deepEqual((await createJournalService(primary).verify()).problems, []);
  assert.deepEqual((await primary.store.ledger.verify()).problems, []);
}

async function pidOf({ primary }: TestNode, name: string): Promise<number> {
  for (;;) {
    const found = (await primary.supervisor.reports()).find(({ node }) => node === name);
    if (found !== undefined) return found.pid;
    await sleep(20);
  }
}

const WORKERS = 4;
/** Each request takes an intent and an outcome: two writes and two syncs, fewer when they share them. */
const CALLS = { pwrite64: 6, fdatasync: 6 };

test('a data-plane process that is killed at its n-th write or sync loses no record of an answered request', async (t) => {
  const reason = whyNoStrace();
  if (reason !== null) return leaveOut(t, reason);
  const node = await startNode({ workers: WORKERS });
  t.after(() => node.close());
  const answers: Answer[] = [];
  let turn = 0;
  for (const [call, most] of Object.entries(CALLS))
    for (let when = 1; when <= most; when += 1) {
      const name = `w${turn++ % WORKERS}`;
      const traced = await trace(await pidOf(node, name), call, `signal=SIGKILL:when=${when}`);
      for (let tries = 0; traced.isOn(); tries += 1) {
        assert.ok(tries < 200, `${name} was not killed at ${call} ${when}`);
        answers.push(...(await burst(node)));
      }
    }
  await untilAnswers(node, answers, ({ status }) => status === 200);
  await checkJournal(node, answers);
  const allowed = answers.filter(({ verdict, id }) => verdict === 'allowed' && id !== null);
  assert.ok(allowed.length > 50, `only ${allowed.length} were answered`);
  assert.ok(answers.every(({ id }) => id !== null));
  t.diagnostic(`${turn} kills, ${answers.length} answered requests`);
});

/** How this vendor's SDK is told that the gateway cannot act just now. */
const UNAVAILABLE = '429 journal_unavailable';
const BUDGET = 'budget_watched';

async function addBudget({ primary }: TestNode): Promise<void> {
  await primary.store.budgets.put({
    id: BUDGET,
    name: 'watched',
    scope: {},
    unit: 'count',
    currency: 'MESSAGES',
    limit: micros(10_000_000_000),
    window: { kind: 'total' },
    rates: {},
    createdAt: 0,
  });
  await primary.refreshBudgets();
}

/** The vendor's answer comes after the error, or before it, when only the missing sync holds it back. */
const SYNC_ERRORS = [
  { name: 'before the vendor answers', action: 'error=EIO:when=1+', latency: 60 },
  { name: 'after the vendor answered', action: 'error=EIO:delay_enter=300000:when=1+', latency: 0 },
];

for (const { name, action, latency } of SYNC_ERRORS)
  test(`after a sync error ${name} no answer is released, spending stops, and the slices of the process count as spent`, async (t) => {
    const reason = whyNoStrace();
    if (reason !== null) return leaveOut(t, reason);
    const said: string[] = [];
    const node = await startNode({ say: (line) => said.push(line) });
    t.after(() => node.close());
    await addBudget(node);
    const before = await burst(node);
    const system = createSystemService(node.primary, Date.now());
    node.sandbox.faults.add({ kind: 'latency', milliseconds: latency });
    const dying = await pidOf(node, 'w0');
    const traced = await trace(dying, 'fdatasync', action);
    const answers: Answer[] = [];
    const states = new Set<string>();
    while (traced.isOn()) {
      const running = burst(node, 12);
      const { workers, journals } = await system.status();
      for (const { state, problem } of [...workers.map((one) => ({ ...one, problem: '' })), ...journals])
        if (state !== 'ok') states.add(`${state} ${problem ?? ''}`.trim());
      if (!(await system.ready())) states.add('not ready');
      answers.push(...(await running));
    }
    const released = answers.filter(({ status }) => status === 200);
    assert.deepEqual(released, [], 'an answer was released although its record could not be synced');
    const codes = new Set(answers.map(({ status, code }) => `${status} ${code}`));
    assert.ok(codes.delete(UNAVAILABLE), [...codes].join());
    codes.delete('403 policy_denied'); // What may not happen anyway is refused without a record.
    assert.deepEqual([...codes], []);
    await untilAnswers(node, answers, ({ status }) => status === 200);
    assert.match(said.join('\n'), /data-plane process w0 ended \(75\)/);
    assert.ok(states.size > 0, 'the status was good all the time');
    const [period] = await node.primary.store.leases.periods(BUDGET, 0);
    assert.ok((period?.presumed ?? 0) > 0, JSON.stringify(period));

    node.sandbox.faults.clear();
    const after = await burst(node);
    // On a slow machine the money of the budget may be late for some.
    const refused = after.filter(({ status, code }) => status !== 200 && code !== 'budget_unavailable');
    assert.equal(refused.map(({ code }) => code).join(), 'policy_denied');
    assert.equal(await system.ready(), true);
    await checkJournal(node, [...before, ...answers, ...after]);
    t.diagnostic([...states].join('; '));
  });

test('a disk that fills up stops spending before it is full, says so, and lets it go on by itself', async (t) => {
  const disk = mountDisk(t, 80);
  if ('reason' in disk) return leaveOut(t, disk.reason);
  const journal = { segmentBytes: 1024 * 1024, minFreeBytes: 8 * 1024 * 1024 };
  const node = await startNode({ parent: disk.path, journal });
  t.after(() => node.close());
  const system = createSystemService(node.primary, Date.now());
  const pid = await pidOf(node, 'w0');
  const answers = [...(await burst(node))];
  assert.equal(answers.filter(({ status }) => status === 200).length, 5);
  const ballast = join(disk.path, 'ballast');
  for (const left of [4 * 1024 * 1024, 0]) {
    fillDisk(disk.path, ballast, left);
    const refused = await untilAnswers(node, answers, ({ status }) => status === 429);
    assert.deepEqual([`${refused.status} ${refused.code}`, refused.id], [UNAVAILABLE, null]);
    const { journals } = await system.status();
    assert.match(
      journals.find(({ node: name }) => name === 'w0')?.problem ?? '',
      /full: nothing may be spent/,
    );
    assert.equal(await system.ready(), false);
    const more = await burst(node, 12);
    assert.deepEqual(
      more.filter(({ status }) => status === 200),
      [],
    );
    answers.push(...more);
  }
  rmSync(ballast);
  await untilAnswers(node, answers, ({ status }) => status === 200);
  assert.equal(await pidOf(node, 'w0'), pid, 'it is the same process');
  const after = await burst(node);
  assert.equal(after.filter(({ status }) => status === 200).length, 5);
  await checkJournal(node, [...answers, ...after]);
});

async function untilAnswers(
  node: TestNode,
  answers: Answer[],
  isWanted: (answer: Answer) => boolean,
): Promise<Answer> {
  for (let tries = 0; tries < 600; tries += 1) {
    const answer = await send(node);
    if (answer !== null) answers.push(answer);
    if (answer !== null && isWanted(answer)) return answer;
    await sleep(50);
  }
  throw new Error(`the answers stay ${JSON.stringify(answers.at(-1))}`);
}

test('a damaged epoch of a data-plane process is retired while the node works, and the journal goes on', async (t) => {
  const node = await startNode();
  t.after(() => node.close());
  const { primary } = node;
  const journal = createJournalService(primary);
  const act = (through: number) => journal.retire({ node: 'w0', through, reason: 'bad disk' }, 'admin/ada');
  const before = await burst(node);
  await assert.rejects(act(1), { code: 'conflict', message: /Nothing is wrong/ });
  process.kill(await pidOf(node, 'w0'), 'SIGKILL');
  const answers: Answer[] = [];
  await untilAnswers(node, answers, ({ id }) => id?.startsWith('w0-2-') === true);
  flip(lastIntent(join(primary.paths.journal, 'w0')));
  assert.equal((await journal.verify()).problems.length, 1);
  for (let tries = 0; (await primary.store.ledger.cursors('w0')).at(-1)?.epoch !== 2; tries += 1) {
    assert.ok(tries < 1500, 'the second epoch is not loaded');
    await sleep(20);
  }
  const { segments } = await act(1);
  assert.equal(segments.length, 1);
  await checkJournal(node, [...answers, ...(await burst(node))]);
  const { journals } = await journal.verify();
  assert.deepEqual(
    journals
      .find((one) => one.node === 'w0')
      ?.retired.map(({ through, kept, actor }) => [through, kept, actor]),
    [[1, 1, 'admin/ada']],
  );
  assert.deepEqual((await journal.show({ node: 'w0', epoch: 1, position: 1 })).entries, []);
  const acts = (await Array.fromAsync(readJournal(join(primary.paths.journal, 'control')))).flatMap(
    ({ record }) => (record.type === 'admin' && record.act === 'journal.retire' ? [record] : []),
  );
  assert.deepEqual(
    acts.map(({ actor, target, detail }) => [actor, target, detail['reason'], detail['segments']]),
    [['admin/ada', 'w0', 'bad disk', segments]],
  );
  assert.ok(before.length > 0);
});

test('a node starts over a journal that was damaged before it was loaded, and counts what it held as spent until the file is put back', async (t) => {
  const data = mkdtempSync(join(tmpdir(), 'ringfence-node-damage-'));
  const sandbox = await startSandbox();
  const { accounts, prices, origin } = sandbox;
  const port = await freePort();
  const more = { processes: 1, grace: 500, smallLimit: 1_000_000_000, isLoud: false };
  const node = createNode(data, { ...more, port, origin, accounts, prices });
  t.after(async () => {
    await node.close();
    sandbox.close();
    rmSync(data, { recursive: true, force: true });
  });
  await node.start();
  assert.equal(await post(node, port, 10), 10);
  await untilLoaded(node);
  await postUnloaded(node, port);
  await node.kill();
  const bit = lastIntent(join(data, 'journal', 'w0'));
  flip(bit);
  const fault = new RegExp(`Record w0-1-${bit.position}: its bytes do not fit`);

  await node.start();
  assert.equal(await post(node, port, 3), 3);
  const { journals } = await node.ask<Status>('status');
  const found = journals.find(({ node: name }) => name === 'w0');
  assert.match(found?.problem ?? '', fault);
  await untilSettled(node);
  await untilLoaded(node);
  const { problems, budgets } = await node.ask<Inspection>('inspect');
  assert.equal(problems.length, 1);
  assert.match(problems[0] ?? '', fault);
  const bill = await sandbox.control<readonly { readonly amount: number }[]>('GET', 'bill/totals');
  const charged = sum(bill.map(({ amount }) => amount));
  const { spent = [], presumed = [] } = budgets.find(({ name }) => name === 'all') ?? {};
  assert.ok(sum(spent) < charged, 'the damaged record was loaded');
  assert.ok(sum(spent) + sum(presumed) >= charged, 'money was spent that no budget knows of');
  assert.deepEqual(await lossesIn(join(data, 'journal', 'control')), ['w0-1']);

  await node.kill();
  flip(bit);
  await node.start();
  await untilSettled(node);
  await untilLoaded(node);
  const after = await node.ask<Inspection>('inspect');
  assert.equal(sum(after.budgets.find(({ name }) => name === 'all')?.spent ?? []), charged);
});

interface Status {
  readonly journals: readonly {
    readonly node: string;
    readonly unshipped: number | null;
    readonly problem: string | null;
  }[];
}

/** Sends so many, or until one is refused; returns how many passed. */
async function post(node: NodeProcess, port: number, most: number): Promise<number> {
  for (let passed = 0; passed < most; passed += 1) {
    const { path, method, headers, body } = frenchRequest(node.parts());
    const sent = { method, headers, body } as RequestInit;
    const response = await fetch(`http://127.0.0.1:${port}${path}`, sent);
    await response.text();
    if (response.status !== 200) return passed;
  }
  return most;
}

/** Sends while the primary stands still: the records stay in the journal alone, and slices last until a window moves. */
async function postUnloaded(node: NodeProcess, port: number): Promise<void> {
  for (let tries = 0; tries < 5; tries += 1) {
    process.kill(node.pid(), 'SIGSTOP');
    if ((await post(node, port, 10)) > 0) return;
    process.kill(node.pid(), 'SIGCONT');
    await sleep(500);
  }
  assert.fail('nothing passes while the primary stands still');
}

/** Where a bit of the last intent is. */
function lastIntent(folder: string) {
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.journal')) ?? '');
  const { offsets, frames } = readRaw(file);
  const position = frames.findLastIndex(({ payload }) => payload.includes('"type":"intent"'));
  return { file, at: (offsets[position] ?? 0) + 80, position };
}

function flip({ file, at }: ReturnType<typeof lastIntent>): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
  writeFileSync(file, bytes);
}

async function untilSettled(node: NodeProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { late, unknown, reserved } = await node.ask<Pending>('pending');
    if (late + unknown + reserved === 0) return;
    await sleep(100);
  }
  assert.fail('rows stay without their last word');
}

async function untilLoaded(node: NodeProcess): Promise<void> {
  for (let tries = 0; tries < 300; tries += 1) {
    const { journals } = await node.ask<Status>('status');
    if (journals.every(({ unshipped }) => unshipped === 0)) return;
    await sleep(100);
  }
  assert.fail('records are not loaded');
}

/** The incidents of epochs that were given up. */
async function lossesIn(folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const { record } of readJournal(folder))
    if (record.type === 'incident' && record.what === 'journal-given-up')
      found.push(`${String(record.detail['node'])}-${String(record.detail['epoch'])}`);
  return found;
}

function sum(amounts: readonly number[]): number {
  return amounts.reduce((total, one) => total + one, 0);
}
