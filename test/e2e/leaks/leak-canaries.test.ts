import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { after, before, describe, it } from 'node:test';
import { makeVirtualSecret } from '../../../src/kernel/virtual-secret.ts';
import { randomBytes } from 'node:crypto';
import { ensureAdminToken, startAdminServer } from '../../../src/node/services/admin-server.ts';
import { runCli } from '../cli/cli-script.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allReports, until } from '../spending.ts';

const SECOND = 1000;

describe('a decoy key', () => {
  let node: TestNode;
  let closeAdmin: () => Promise<void>;
  let folder: string;
  let env: Readonly<Record<string, string>>;

  before(async () => {
    node = await startNode({ workers: 2 });
    const token = (await ensureAdminToken(node.primary)) ?? '';
    closeAdmin = await startAdminServer(node.primary, () => {});
    env = { RINGFENCE_URL: `http://127.0.0.1:${node.ports.admin}`, RINGFENCE_TOKEN: token };
    folder = mkdtempSync(join(tmpdir(), 'ringfence-canary-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await closeAdmin();
    await node.close();
  });

  async function ringfence(...words: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await runCli(words, { env });
    assert.equal(code, 0, stderr);
    return stdout;
  }

  async function plant(name: string): Promise<Readonly<Record<string, string>>> {
    const file = join(folder, `${name}.env`);
    await ringfence('canaries', 'plant', name, '--account', 'sandbox-twilio', '--file', file);
    assert.equal(statSync(file).mode & 0o777, 0o600, 'it is written for its owner alone');
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    return Object.fromEntries(lines.map((line) => line.split('=') as [string, string]));
  }

  async function use(sid: string, secret: string) {
    const authorization = `Basic ${Buffer.from(`${sid}:${secret}`).toString('base64')}`;
    const path = `/api.twilio.com/2010-04-01/Accounts/${sid}/Messages.json`;
    const response = await fetch(`${node.gateway}${path}`, { headers: { authorization } });
    const headers = Object.fromEntries([...response.headers].filter(([name]) => name !== 'date'));
    return { status: response.status, headers, body: await response.text() };
  }

  /** Record ids differ from answer to answer. */
  const plain = (text: string): string => text.replaceAll(/w\d+-\d+-\d+/g, 'id');

  it('is an incident at once, wherever one looks', async () => {
    const { TWILIO_ACCOUNT_SID: sid = '', TWILIO_AUTH_TOKEN: secret = '' } = await plant('bait');
    const before = Date.now();
    await use(sid, secret);
    const canary = await until(async () => {
      const [found] = await node.primary.canaries.list();
      return found?.uses === 1 ? found : null;
    });
    assert.ok((canary.lastUse?.at ?? 0) >= before && (canary.lastUse?.at ?? 0) <= Date.now());
    assert.match(await ringfence('canaries', 'list'), /bait.* 1 .*127\.0\.0\.1/);
    assert.match(await ringfence('status'), /ALARM.*canary bait was used 1 time, last from /);
    const journal = await ringfence('journal', 'export', '--json');
    assert.match(journal, /"what":"canary used"/);
    assert.ok(!journal.includes(secret));
    assert.match(await metrics(), /^ringfence_canary_uses_total 1$/m);
  });

  it('is refused exactly as a key that nobody knows', async () => {
    const { TWILIO_ACCOUNT_SID: sid = '', TWILIO_AUTH_TOKEN: secret = '' } = await plant('twin');
    const decoy = await use(sid, secret);
    const unknown = await use(sid, makeVirtualSecret(randomBytes));
    assert.equal(decoy.status, 401);
    assert.equal(plain(JSON.stringify(decoy)), plain(JSON.stringify(unknown)));
  });

  it('is noticed where it stands in another place or form than the vendor reads', async () => {
    const { TWILIO_ACCOUNT_SID: sid = '', TWILIO_AUTH_TOKEN: secret = '' } = await plant('astray');
    const basic = (pair: string) => ({ authorization: `Basic ${Buffer.from(pair).toString('base64')}` });
    const path = `/api.twilio.com/2010-04-01/Accounts/${sid}/Messages.json`;
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    const attempts: readonly (readonly [path: string, init: RequestInit])[] = [
      [path, { headers: basic(`${sid}:${secret}\n`) }],
      [path, { headers: basic(`me:${secret}`) }],
      [path, { headers: basic(`${secret}:`) }],
      [path, { headers: { authorization: `Bearer ${secret}` } }],
      [path, { headers: { 'x-api-key': secret } }],
      [`${path}?token=%72${secret.slice(1)}`, {}],
      [path, { method: 'POST', headers: form, body: `token=${secret}` }],
      [
        `/rest.nexmo.com/sms/json?api_key=a&api_secret=${secret}`,
        { method: 'POST', headers: form, body: `api_key=a&api_secret=${secret}` },
      ],
    ];
    for (const [target, init] of attempts) await (await fetch(`${node.gateway}${target}`, init)).text();
    const uses = async () => (await node.primary.canaries.list()).find(({ name }) => name === 'astray')?.uses;
    await until(async () => ((await uses()) === attempts.length ? true : null));
  });

  it('counts what a loop does without a message for each', async () => {
    const { TWILIO_ACCOUNT_SID: sid = '', TWILIO_AUTH_TOKEN: secret = '' } = await plant('loop');
    const start = performance.now();
    await Promise.all(Array.from({ length: 200 }, () => use(sid, secret)));
    const uses = async () => (await node.primary.canaries.list()).find(({ name }) => name === 'loop')?.uses;
    await until(async () => ((await uses()) === 200 ? true : null));
    const seconds = (performance.now() - start) / SECOND;
    const incidents = (await ringfence('journal', 'export', '--json'))
      .split('\n')
      .filter((line) => line.includes('canary used') && line.includes('"name":"loop"'));
    const most = 4 * (2 + seconds); // Of two processes, in each second a first use and what followed it.
    assert.ok(incidents.length <= most, `${incidents.length} incidents in ${seconds} s`);
  });

  it('is known to processes that start later, and silent once it is retired', async () => {
    const { TWILIO_ACCOUNT_SID: sid = '', TWILIO_AUTH_TOKEN: secret = '' } = await plant('later');
    const reports = await allReports(node.primary);
    for (const { pid } of reports) process.kill(pid, 'SIGKILL');
    await until(async () => ((await allReports(node.primary)).every(({ epoch }) => epoch > 1) ? true : null));
    const uses = async () => (await node.primary.canaries.list()).find(({ name }) => name === 'later')?.uses;
    await until(() => use(sid, secret).catch(() => null)); // They have no listener at first.
    await until(async () => ((await uses()) === 1 ? true : null));
    await ringfence('canaries', 'retire', 'later', '--yes');
    await use(sid, secret);
    await sleep(SECOND);
    assert.equal(await uses(), 1);
  });

  async function metrics(): Promise<string> {
    const headers = { authorization: `Bearer ${env['RINGFENCE_TOKEN']}` };
    return (await fetch(`${env['RINGFENCE_URL']}/metrics`, { headers })).text();
  }
});
