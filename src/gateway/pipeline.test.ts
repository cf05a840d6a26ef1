import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { createKillSwitch, type KillSwitch } from '../guard/kill-switch.ts';
import { next, refuse, type Refused } from '../intent/decision.ts';
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
const ALL = { id: 'kill_a', scope: 'all', target: '', reason: '', actor: 'test', createdAt: 0 } as const;

/** What is in force, as the primary may change it at any moment. */
interface InForce {
  kills: KillSwitch;
  ofKey: Refused | null;
  answers: AnswerRoom;
}

const CHANGES: Readonly<Record<string, (inForce: InForce) => void>> = {
  killed: (inForce) => void (inForce.kills = createKillSwitch([ALL])),
  key_revoked: (inForce) => void (inForce.ofKey = refuse('key_revoked', 'key:key_a', '')),
  /** So many large answers wait that there would be no room for its own. */
  overloaded: (inForce) => void (inForce.answers = createAnswerRoom({ waiting: 0 })),
  key_network: (inForce) => void (inForce.ofKey = refuse('key_network', 'key:key_a', '')),
};

for (const [code, change] of Object.entries(CHANGES))
  for (const effect of ['spends', 'reads'] as const)
    test(`a binary request that ${effect} is ${code} also when that comes while it is translated`, async (t) => {
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
      const pipeline = createPipeline(partsFor(inForce, { origin, released, journaled, upstream }));
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
      assert.match((await answering).decision, new RegExp(`^denied; code=${code};`));
      assert.equal(arrived.length, 1, 'nothing more has left');
      assert.equal(released.length, journaled.filter((type) => type === 'intent').length, 'no money is held');
    });

/** A call to LiveKit whose translation ends when the test says so. */
function binaryRequest(effect: 'spends' | 'reads') {
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
  /** Admissions that were given back. */
  readonly released: string[];
  readonly journaled: string[];
  readonly upstream: Upstream;
}

function partsFor(inForce: InForce, { origin, released, journaled, upstream }: Seen): PipelineParts {
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
    prices: { bound: () => next(null) },
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
