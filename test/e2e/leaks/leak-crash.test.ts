import assert from 'node:assert/strict';
import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { RotationRecord } from '../../../src/custody/rotation/record.ts';
import { startSandbox } from '../../../src/node/actions/demo.ts';
import { freePort } from '../../free-ports.ts';
import type { LeakOrder } from './leak-process.ts';

type Message = Readonly<Record<string, unknown>>;
const PROGRAM = fileURLToPath(new URL('leak-process.ts', import.meta.url));
/** The property test of rotations ends the process before every effect; here it is a real process. */
const PHASES = ['creating', 'switching', 'retiring'] as const;
/** The request has reached the vendor by then, and its answer is still under way. */
const ON_THE_WAY = 150;
const CASES = [
  { vendor: 'twilio', secret: 'apiKeySecret', created: '/Keys.json', phases: PHASES },
  {
    vendor: 'twilio',
    secret: 'authToken',
    created: '/AuthTokens/Secondary',
    phases: ['creating', 'retiring'],
  },
  { vendor: 'vonage', secret: 'apiSecret', created: '/secrets', phases: ['creating', 'switching'] },
] as const;

describe('a node that is killed in the midst of a rotation', () => {
  let simulated: Awaited<ReturnType<typeof startSandbox>>;
  before(async () => {
    simulated = await startSandbox(0);
  });
  after(() => simulated.close());

  for (const { vendor, secret, created, phases } of CASES)
    it(`goes on after its restart, whatever the phase (${vendor}, ${secret})`, async () => {
      const order = await newOrder(vendor);
      try {
        for (const phase of phases) {
          // The vendor has made the credential while its answer is still under way.
          const fault = simulated.sandbox.faults.add({
            kind: 'latency',
            method: 'POST',
            path: created,
            milliseconds: 400,
            when: 'after',
            count: 1,
          });
          const record = await killIn(phase, order, secret);
          simulated.sandbox.faults.remove(fault.id);
          assert.equal(record.phase, 'done', `${phase}: ${record.problem ?? ''}`);
        }
        assert.equal(await countKeys(order), vendor === 'twilio' ? 1 : 0, 'nothing of ours is left over');
      } finally {
        await rm(order.data, { recursive: true, force: true });
      }
    });

  async function newOrder(vendor: string): Promise<LeakOrder> {
    const { credentials } = simulated.sandbox.accounts.create({ vendor });
    const fields = new Set(['accountSid', 'authToken', 'apiKeySid', 'apiKeySecret', 'apiKey', 'apiSecret']);
    const values = Object.fromEntries(Object.entries(credentials).filter(([name]) => fields.has(name)));
    const data = await mkdtemp(join(tmpdir(), 'ringfence-crash-'));
    return { data, port: await freePort(), origin: simulated.origin, vendor, values };
  }

  async function killIn(phase: string, order: LeakOrder, secret: string): Promise<RotationRecord> {
    const first = await start(order);
    first.send({ rotate: secret });
    await until(first, (message) => message['phase'] === phase);
    if (phase === 'creating') await sleep(ON_THE_WAY);
    first.kill('SIGKILL');
    await once(first, 'exit');
    const second = await start(order);
    second.send({ settled: true });
    const { record, accepted } = await until(second, (message) => 'record' in message);
    second.kill('SIGKILL');
    await once(second, 'exit');
    assert.equal(accepted, true, `${phase}: the vendor does not accept what is in use`);
    return record as RotationRecord;
  }

  /** API keys of the account as the vendor lists them; the auth token asks. */
  async function countKeys({ vendor, values }: LeakOrder): Promise<number> {
    if (vendor !== 'twilio') return 0;
    const { accountSid = '', authToken = '' } = values;
    const url = `${simulated.origin}/_host/api.twilio.com/2010-04-01/Accounts/${accountSid}/Keys.json`;
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    const response = await fetch(url, { headers: { authorization } });
    if (response.status === 401) return 1; // The token itself was rotated.
    return ((await response.json()) as { readonly keys: readonly unknown[] }).keys.length;
  }
});

async function start(order: LeakOrder): Promise<ChildProcess> {
  const child = fork(PROGRAM, [JSON.stringify(order)], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  await until(child, (message) => message['ready'] === true);
  return child;
}

function until(child: ChildProcess, isIt: (message: Message) => boolean): Promise<Message> {
  return new Promise((resolve, reject) => {
    const receive = (message: unknown): void => {
      if (!isIt(message as Message)) return;
      child.off('message', receive);
      resolve(message as Message);
    };
    child.on('message', receive);
    child.once('exit', () => reject(new Error('the node has ended')));
  });
}
