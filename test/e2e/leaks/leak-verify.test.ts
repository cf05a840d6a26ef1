import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { startSandbox } from '../../../src/node/actions/demo.ts';
import { runCli } from '../cli/cli-script.ts';

interface Found {
  readonly findings: readonly {
    readonly rule: { readonly id: string } | string;
    readonly verdict: { readonly state: string; readonly reason: string } | null;
  }[];
}

/** Keys with the structure that the vendors give theirs; others are no credentials to the scanner. */
const uuid = (): Buffer => Buffer.from(randomUUID().replaceAll('-', ''), 'hex');
const sendgridKey = (): string =>
  `SG.${uuid().toString('base64url')}.${randomBytes(32).toString('base64url')}`;
const plivoToken = (): string => Buffer.from(randomUUID().slice(0, 30)).toString('base64');
/** Letters of both cases and digits, which the scanner wants to see. */
const mixed = (length: number): string =>
  randomBytes(64)
    .toString('base64')
    .replaceAll(/\W/g, '')
    .slice(0, length - 3)
    .concat('aZ7');
const telnyxKey = (): string => {
  const time = Date.now().toString(16).padStart(12, '0');
  const tail = randomBytes(40).toString('base64').replaceAll(/\W/g, '').slice(0, 22);
  return `KEY${(time + randomBytes(10).toString('hex')).toUpperCase()}_${tail}`;
};

describe('scan --verify', () => {
  let simulated: Awaited<ReturnType<typeof startSandbox>>;
  let folder: string;
  before(async () => {
    simulated = await startSandbox(0);
    folder = mkdtempSync(join(tmpdir(), 'ringfence-verify-'));
  });
  after(async () => {
    rmSync(folder, { recursive: true, force: true });
    await simulated.close();
  });

  const account = (vendor: string, credentials: Readonly<Record<string, string>> = {}) =>
    simulated.sandbox.accounts.create({ vendor, credentials }).credentials;

  async function scan(...words: readonly string[]): Promise<Found & { readonly text: string }> {
    const flags = ['--verify', '--verify-origin', simulated.origin, '--json'];
    const { stdout, stderr } = await runCli(['scan', ...flags, ...words, folder], {
      env: { PATH: process.env['PATH'] ?? '' },
    });
    assert.notEqual(stdout, '', stderr);
    return { ...(JSON.parse(stdout) as Found), text: stdout };
  }

  /** Files as people write them: the public id on another line than the secret. */
  function writeFiles(): readonly string[] {
    const twilio = account('twilio', { apiKeySecret: mixed(32) });
    const vonage = account('vonage', { apiSecret: mixed(16) });
    const telnyx = account('telnyx', { apiKey: telnyxKey() });
    const sendgrid = account('sendgrid', { secret: sendgridKey() });
    const plivo = account('plivo', { secret: plivoToken() });
    const env = [
      `TWILIO_ACCOUNT_SID=${twilio['accountSid']}`,
      'TWILIO_FROM=+15005550006',
      `TWILIO_AUTH_TOKEN=${twilio['authToken']}`,
      `TWILIO_API_KEY=${twilio['apiKeySid']}`,
      `TWILIO_API_SECRET=${twilio['apiKeySecret']}`,
      `TELNYX_API_KEY=${telnyx['apiKey']}`,
      `SENDGRID_API_KEY=${sendgrid['secret']}`,
    ];
    writeFileSync(join(folder, '.env'), env.join('\n'));
    writeFileSync(
      join(folder, 'vonage.json'),
      JSON.stringify({ vonage: { apiKey: vonage['apiKey'], apiSecret: vonage['apiSecret'] } }, null, 2),
    );
    writeFileSync(
      join(folder, 'vonage.env'),
      `VONAGE_APPLICATION_ID=${vonage['applicationId']}\nVONAGE_PRIVATE_KEY=${JSON.stringify(vonage['privateKey'])}\n`,
    );
    writeFileSync(
      join(folder, 'plivo.yaml'),
      `plivo:\n  auth_id: ${plivo['id']}\n  auth_token: ${plivo['secret']}\n`,
    );
    const { authToken, apiKeySecret } = twilio;
    const secrets = [authToken, apiKeySecret, vonage['apiSecret'], telnyx['apiKey'], sendgrid['secret']];
    return [...secrets, plivo['secret'], vonage['privateKey']?.split('\n')[3]].map((one) => one ?? '');
  }

  it('tells live credentials from dead ones, in files and in the history, and shows none', async () => {
    const secrets = writeFiles();
    const { findings, text } = await scan();
    const unclear = findings.filter(({ verdict }) => verdict?.state !== 'active');
    assert.ok(findings.length === 7, `${findings.length} findings`);
    assert.deepEqual(unclear, []);
    for (const secret of secrets) assert.ok(!text.includes(secret));
    const git = (...words: readonly string[]) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@example.com', ...words], { cwd: folder });
    git('init', '-q');
    git('add', '-A');
    git('commit', '-q', '-m', 'x');
    git('rm', '-q', '-r', '.');
    git('commit', '-q', '-m', 'y');
    const history = await scan('--history');
    assert.equal(history.findings.length, findings.length);
    assert.deepEqual(
      history.findings.filter(({ verdict }) => verdict?.state !== 'active'),
      [],
    );
  });

  it('calls no live credential dead because the id of another account stands nearer', async () => {
    const [one, other] = [account('twilio'), account('twilio')];
    const dead = randomBytes(16).toString('hex');
    const own = mkdtempSync(join(folder, 'two-'));
    const lines = [one['authToken'], other['authToken'], dead].map((token, index) => {
      const sid = [one, other, one][index]?.['accountSid'];
      return `TWILIO_AUTH_TOKEN_${index}=${token}\nTWILIO_ACCOUNT_SID_${index}=${sid}\n`;
    });
    writeFileSync(join(own, '.env'), lines.join(''));
    const { findings } = await scan('--rules', 'twilio-auth-token,twilio-auth-token-nearby');
    const live = findings.filter(({ verdict }) => verdict?.state === 'active');
    rmSync(own, { recursive: true });
    assert.deepEqual([findings.length, live.length], [3, 2]);
  });

  it('sends nothing and changes nothing at the vendors', () => {
    const writing = simulated.sandbox.requests.list().filter(({ method }) => method !== 'GET');
    assert.deepEqual(writing, []);
    assert.equal(simulated.sandbox.bill.rows({ from: 0, limit: 10 }).length, 0);
  });
});
