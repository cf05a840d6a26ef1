import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { globSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { openAccount } from '../../../src/custody/open.ts';
import { ensureAdminToken, startAdminServer } from '../../../src/node/services/admin-server.ts';
import { runCli } from '../cli/cli-script.ts';
import { startTraffic, type Traffic } from './leak-traffic.ts';
import { startNode, type TestNode } from '../node-fixture.ts';

/** `LEAK_RATE=500` is the published figure, of an idle machine; one that others use gets less, and has its time. */
const PUBLISHED = process.env['LEAK_RATE'];
const RATE = Number(PUBLISHED ?? 20);
const MOST_SECONDS = PUBLISHED === undefined ? Infinity : 60;
/** Watching is the longest part; the published figure has its default. */
const WATCH = PUBLISHED === undefined ? ['--watch', '3s'] : [];
/** The vendor looks at a credential so late: requests with the old one are under way in every step. */
const UNDER_WAY_MILLISECONDS = 700;
/** The share of requests that a machine may be too slow for; none where the figure is taken. */
const MOST_LATE = PUBLISHED === undefined ? 0.1 : 0;

interface Leak {
  readonly id: string;
  readonly places: readonly string[];
  readonly match: { readonly kind: string; readonly secret?: string } | null;
}

interface CliAnswer {
  readonly code: number;
  readonly value: never;
}

describe('from a leak to a dead credential, under traffic', () => {
  let node: TestNode;
  let closeAdmin: () => Promise<void>;
  let folder: string;
  let token: string;
  let isEnded = false;
  const say = (line: string) => void (isEnded ||= /did not confirm|is killed/.test(line));

  /** A journal that lags, or the end of a process that does not answer the primary in time. Nothing else may refuse an app. */
  const isOverload = (problem: string) =>
    problem.includes('journal_unavailable') || (isEnded && !/^\d/.test(problem));

  const trafficOf = (accountSid: string, authToken: string): Traffic =>
    startTraffic({ port: node.ports.apps, rate: RATE, accountSid, authToken, isOverload });

  /** No request failed, and nearly all got through at once. */
  async function assertUnharmed(traffic: Traffic): Promise<void> {
    await traffic.stop();
    const { failures, late } = traffic;
    assert.deepEqual(failures.slice(0, 3), [], `${failures.length} requests failed`);
    assert.ok(
      late.length <= traffic.sent() * MOST_LATE,
      `${late.length} of ${traffic.sent()} were late: ${late[0]}`,
    );
  }

  before(async () => {
    node = await startNode({ workers: 2, say });
    while (!/\d/.test(node.real('twilio')['apiKeySecret'] ?? '')) {
      await node.close(); // One in 300 has no digit, and is no credential to the scanner.
      node = await startNode({ workers: 2, say });
    }
    token = (await ensureAdminToken(node.primary)) ?? '';
    closeAdmin = await startAdminServer(node.primary, () => {});
    const milliseconds = UNDER_WAY_MILLISECONDS;
    if (PUBLISHED === undefined)
      node.sandbox.faults.add({ kind: 'latency', path: '/Messages', milliseconds });
    folder = mkdtempSync(join(tmpdir(), 'ringfence-leak-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await closeAdmin();
    await node.close();
  });

  const env = () => ({
    RINGFENCE_URL: `http://127.0.0.1:${node.ports.admin}`,
    RINGFENCE_TOKEN: token,
  });

  async function ringfence(...words: readonly string[]): Promise<CliAnswer> {
    const { code, stdout, stderr } = await runCli([...words, '--json'], { env: env() });
    assert.notEqual(stdout, '', stderr);
    return { code, value: JSON.parse(stdout) as never };
  }

  /** The vendor's answer to the real credential, asked directly. */
  async function vendorSays(accountSid: string, user: string, password: string): Promise<number> {
    const url = `${node.vendor}/_host/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`;
    const authorization = `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
    return (await fetch(url, { headers: { authorization } })).status;
  }

  const git = (...words: readonly string[]) =>
    void execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], {
      cwd: folder,
    });

  /** Committed, then removed: it stays in the history. */
  function commitLeak(file: string, text: string): void {
    git('init', '-q');
    writeFileSync(join(folder, file), text);
    git('add', '-A');
    git('commit', '-q', '-m', 'configuration');
    rmSync(join(folder, file));
    git('add', '-A');
    git('commit', '-q', '-m', 'without secrets');
  }

  async function assertDead(leaked: Readonly<Record<string, string>>, user: string, password: string) {
    const { accountSid = '', apiKeySid = '', apiKeySecret = '', authToken = '' } = leaked;
    const { accountSid: sid = '', authToken: virtual = '' } = node.parts('twilio', 'secret');
    assert.equal(await vendorSays(accountSid, user, password), 200, 'it is live before');
    const text = `TWILIO_ACCOUNT_SID=${accountSid}\nTWILIO_AUTH_TOKEN=${authToken}\nTWILIO_API_KEY=${apiKeySid}\nTWILIO_API_SECRET=${apiKeySecret}\n`;
    commitLeak('.env', text);
    const traffic = trafficOf(sid, virtual);
    try {
      await sleep(1000);
      const start = performance.now();
      await ringfence('scan', '--history', '--report', folder);
      const { value: found } = await ringfence('leaks', 'list');
      const wanted = user.startsWith('SK') ? 'apiKeySecret' : 'authToken';
      const leak = (found as readonly Leak[]).find(({ match }) => match?.secret === wanted);
      assert.ok(leak !== undefined, JSON.stringify(found));
      assert.match(leak.places[0] ?? '', /^\.env:\d+ \(commit [0-9a-f]{12} of .* by a/);
      const { code, value: end } = await ringfence('leaks', 'respond', leak.id, ...WATCH);
      const seconds = (performance.now() - start) / 1000;
      assert.deepEqual([code, (end as { state: string }).state], [0, 'done'], JSON.stringify(end));
      assert.equal(await vendorSays(accountSid, user, password), 401, 'the leaked credential is dead');
      await sleep(1000);
      assert.ok(seconds <= MOST_SECONDS, `${seconds} s`);
      assert.ok(traffic.sent() >= RATE * seconds * 0.8, `only ${traffic.sent()} requests in ${seconds} s`);
      const { value: shown } = await ringfence('leaks', 'show', leak.id);
      assert.equal((shown as { state: string }).state, 'resolved');
      return { seconds, traffic };
    } finally {
      await assertUnharmed(traffic);
    }
  }

  it('an API key in a git history is rotated without an app noticing', async (context) => {
    const leaked = node.real('twilio');
    const { apiKeySid = '', apiKeySecret = '' } = leaked;
    const { seconds, traffic } = await assertDead(leaked, apiKeySid, apiKeySecret);
    context.diagnostic(
      `${seconds.toFixed(1)} s, ${traffic.sent()} requests, ${traffic.late.length} late, ${traffic.failures.length} failed`,
    );
  });

  it('the auth token of the same account likewise, by promotion', async (context) => {
    const leaked = node.real('twilio');
    const { accountSid = '', authToken = '' } = leaked;
    const { seconds, traffic } = await assertDead(leaked, accountSid, authToken);
    context.diagnostic(
      `${seconds.toFixed(1)} s, ${traffic.sent()} requests, ${traffic.late.length} late, ${traffic.failures.length} failed`,
    );
  });

  it('an account that has nothing but its auth token likewise', async () => {
    const { primary } = node;
    const { credentials } = node.sandbox.accounts.create({ vendor: 'twilio' });
    const { accountSid = '', authToken = '' } = credentials;
    const values = { accountSid, authToken };
    const sealed = { vendor: 'twilio', name: 'token-only', values, upstream: node.vendor };
    const account = (await primary.accounts.seal(sealed)).id;
    const request = { app: 'app_test', account, name: 'token-only', lifetime: null, networks: [] };
    const virtual = (await primary.keys.create(request)).credential.verifier.reveal();
    const traffic = trafficOf(accountSid, virtual);
    await sleep(500);
    await ringfence('accounts', 'rotate', 'token-only', ...WATCH);
    await sleep(1000);
    await assertUnharmed(traffic);
    assert.equal(await vendorSays(accountSid, accountSid, authToken), 401);
    assert.ok(traffic.sent() > RATE);
  });

  it('private keys are known, of accounts and of virtual keys', async () => {
    const { applicationId = '', privateKey: virtual = '' } = node.parts('vonage', 'rs256');
    const { privateKey: real = '' } = node.real('vonage');
    const place = mkdtempSync(join(tmpdir(), 'ringfence-keys-'));
    writeFileSync(
      join(place, 'vonage.json'),
      JSON.stringify({ vonage: { applicationId, privateKey: real } }),
    );
    writeFileSync(join(place, 'vonage-virtual.key'), `# vonage ${applicationId}\n${virtual}`);
    await ringfence('scan', '--report', place);
    rmSync(place, { recursive: true });
    const { value: found } = await ringfence('leaks', 'list');
    const kinds = (found as readonly Leak[]).map(({ match }) => match?.secret ?? match?.kind);
    assert.deepEqual(
      kinds.toSorted((one = '', other = '') => one.localeCompare(other)),
      ['key', 'privateKey'],
    );
  });

  it('every step is in the journal, and no secret', async () => {
    const { stdout: text } = await runCli(['journal', 'export', '--json'], { env: env() });
    for (const phase of ['creating', 'verifying', 'switching', 'watching', 'retiring', 'done'])
      assert.ok(text.includes(`rotation.${phase}`), phase);
    const { apiKeySecret = 'x', authToken = 'x' } = node.real('twilio');
    assert.ok(!text.includes(apiKeySecret) && !text.includes(authToken));
  });

  it('no secret, old or new, stands in clear in the files of the gateway', async () => {
    const account = (await node.primary.accounts.list()).find(({ name }) => name === 'sandbox-twilio');
    assert.ok(account !== undefined);
    const now = Object.values(openAccount(node.primary.sealers.account, account).secrets);
    const { apiKeySecret = '', authToken = '' } = node.real('twilio');
    const needles = [...now.map((secret) => secret.reveal()), apiKeySecret, authToken];
    assert.equal(new Set(needles).size, 4);
    const files = globSync('**/*', { cwd: node.primary.config.data }).map((file) =>
      join(node.primary.config.data, file),
    );
    const contents = files
      .filter((file) => statSync(file).isFile())
      .map((file) => readFileSync(file, 'latin1'));
    assert.ok(
      contents.some((text) => text.includes('rotation.done')),
      'the journal is among them',
    );
    for (const needle of needles) assert.ok(!contents.some((text) => text.includes(needle)));
  });
});
