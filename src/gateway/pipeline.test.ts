import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import { createKillSwitch, type KillSwitch } from '../guard/kill-switch.ts';
import type { Bound } from '../guard/subject.ts';
import { next, refuse, type Refused } from '../intent/decision.ts';
import { micros } from '../kernel/money.ts';
import { Secret } from '../kernel/secret.ts';
import { VENDORS } from '../vendors/index.ts';
import { NOW, plan, wire } from '../vendors/shared/wire-fixture.ts';
import type { Vendor } from '../vendors/vendor.ts';
import { createAnswerRoom, type AnswerRoom } from './answer-room.ts';
import type { AppRequest } from './app-request.ts';
import { createCounters } from './counters.ts';
import type { PipelineParts } from './parts.ts';
import { createPipeline } from './pipeline.ts';
import { createScrubber } from './scrub.ts';
import { createUpstream, type Upstream } from './upstream.ts';

const HOST = 'acme.livekit.cloud';
const SUBJECT = { key: 'key_a', app: 'app_a', account: 'account_a', vendor: 'livekit' };
const BOUND: Bound = { money: { amount: micros(100), currency: 'USD' }, count: 1, source: 'price' };
const ALL = { id: 'kill_a', scope: 'all', target: '', reason: '', actor: 'test', createdAt: 0 } as const;

/** What is in force, as the primary may change it at any moment. */
interface InForce {
  kills: KillSwitch;
  ofKey: Refused | null;
  answers: AnswerRoom;
}

type Effect = 'spends' | 'reads';

/** So many large answers wait that there would be no room for another. */
const fill = (inForce: InForce): void => void (inForce.answers = createAnswerRoom({ waiting: 0 }));

const CHANGES: Readonly<Record<string, (inForce: InForce) => void>> = {
  killed: (inForce) => void (inForce.kills = createKillSwitch([ALL])),
  key_revoked: (inForce) => void (inForce.ofKey = refuse('key_revoked', 'key:key_a', '')),
  key_network: (inForce) => void (inForce.ofKey = refuse('key_network', 'key:key_a', '')),
};

for (const [code, change] of Object.entries(CHANGES))
  for (const effect of ['spends', 'reads'] as const)
    test(`a binary request that ${effect} is ${code} also when that comes while it is translated`, async (t) => {
      const { decision, arrived } = await decisionAfter(t, effect, change);
      assert.match(decision, new RegExp(`^denied; code=${code};`));
      assert.equal(arrived, 0, 'nothing has left');
    });

test('a request that reads stays here when there is no room for its answer', async (t) => {
  const { decision, arrived } = await decisionAfter(t, 'reads', fill);
  assert.match(decision, /^denied; code=overloaded;/);
  assert.equal(arrived, 0);
});

test('a request that spends is not kept back by large answers of others', async (t) => {
  const { decision, arrived } = await decisionAfter(t, 'spends', fill);
  assert.match(decision, /^allowed/);
  assert.equal(arrived, 1);
});

/** What is decided, and how many requests arrive, when something changes while the request is translated; all worked before. */
async function decisionAfter(t: TestContext, effect: Effect, change: (inForce: InForce) => void) {
  const server = createServer((request, response) => {
    arrived.push(request.url ?? '');
    request.resume();
    response.end('{}');
  });
  const arrived: string[] = [];
  await once(server.listen(0, '127.0.0.1'), 'listening');
  const upstream = createUpstream();
  t.after(async () => {
    await upstream.close();
    server.close();
  });
  const inForce: InForce = { kills: createKillSwitch([]), ofKey: null, answers: createAnswerRoom() };
  const released: string[] = [];
  const journaled: string[] = [];
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const pipeline = createPipeline(partsFor(inForce, { origin, effect, released, journaled, upstream }));
  const { request, asked, finish } = binaryRequest(effect);

  const permitted = pipeline(request);
  await asked;
  finish();
  assert.match((await permitted).decision, /^allowed/);
  assert.equal(arrived.length, 1);

  const again = binaryRequest(effect);
  const answering = pipeline(again.request);
  await again.asked;
  change(inForce);
  again.finish();
  const { decision } = await answering;
  assert.equal(released.length, journaled.filter((type) => type === 'intent').length, 'no admission is held');
  return { decision, arrived: arrived.length - 1 };
}

/** A call to LiveKit whose translation ends when the test says so. */
function binaryRequest(effect: Effect) {
  const began = Promise.withResolvers<void>();
  const translated = Promise.withResolvers<void>();
  const livekit = VENDORS.find(({ id }) => id === 'livekit');
  assert.ok(livekit);
  const call = effect === 'spends' ? 'Egress/StartRoomCompositeEgress' : 'RoomService/ListRooms';
  const json = effect === 'spends' ? { room_name: 'x' } : {};
  const sent = wire(HOST, { url: `/twirp/livekit.${call}`, json });
  const vendor: Vendor = {
    ...livekit,
    translation: {
      applies: () => true,
      async translate(_operation, asJson) {
        began.resolve();
        await translated.promise;
        const backward = { type: 'application/protobuf', answer: (bytes: Buffer) => bytes };
        return { kind: 'translated', request: asJson, backward };
      },
    },
  };
  const { path, segments, query, headers, body, method } = sent;
  const request = {
    method,
    vendor,
    host: HOST,
    target: { path, segments, query },
    operation: vendor.operations.match(method, HOST, segments),
    headers,
    body,
    upload: null,
    address: '192.0.2.1',
    toGateway: null,
  } as AppRequest;
  return {
    request,
    asked: began.promise,
    finish: translated.resolve,
  };
}

interface Seen {
  readonly origin: string;
  readonly effect: Effect;
  /** Admissions that were given back. */
  readonly released: string[];
  readonly journaled: string[];
  readonly upstream: Upstream;
}

function partsFor(inForce: InForce, { origin, effect, released, journaled, upstream }: Seen): PipelineParts {
  const account = {
    id: SUBJECT.account,
    upstream: origin,
    open: { fields: { apiKey: 'APIreal', host: HOST }, secrets: { apiSecret: new Secret('x'.repeat(32)) } },
    scrubber: createScrubber({ fields: {}, secrets: {} }, []),
  };
  const parts: unknown = {
    clock: { wall: () => NOW, ledger: () => NOW, monotonic: () => 0 },
    plan,
    keys: {
      authenticate: () => next({ ...SUBJECT, id: SUBJECT.key, claims: null }),
      check: () => inForce.ofKey,
    },
    accounts: { get: () => account },
    kills: { check: (...asked: Parameters<KillSwitch['check']>) => inForce.kills.check(...asked) },
    policy: { decide: () => ({ ok: true, rule: 'all', observed: null, callSeconds: 60 }) },
    prices: { bound: () => next(effect === 'spends' ? BOUND : null) },
    budgets: { reserve: () => next({ reserves: [], slices: [] }), commit: () => [], release() {} },
    limits: { admit: () => next({ release: () => released.push('admission') }) },
    journal: {
      node: 'w0',
      epoch: 1,
      accepts: () => true,
      append(record: { readonly type: string }, done?: (error: Error | null) => void) {
        queueMicrotask(() => done?.(null));
        return journaled.push(record.type) - 1;
      },
      onDurable: (_position: number, done: (error: Error | null) => void) => done(null),
    },
    counters: createCounters(),
    upstream,
    endOfTurn: () => Promise.resolve(),
    get answers() {
      return inForce.answers;
    },
    fingerprint: (text: string) => text,
  };
  return parts as PipelineParts;
}
