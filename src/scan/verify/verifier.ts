import { createHmac } from 'node:crypto';
import type { RandomBytes } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';
import { unknown, type FoundCredential, type LeakCheck, type LeakVerdict } from '../../vendors/leak-check.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import type { Sighting } from '../sighting.ts';
import { createAsker } from './asker.ts';
import { createGate } from './gate.ts';

export interface Verifier {
  /**
   * Asks the vendor whether a found credential works. `others` are further sightings of the same value: what stood
   * beside those counts too. Never rejects: whatever goes wrong is `unknown`, with the reason.
   */
  verify(sighting: Sighting, others?: readonly Sighting[]): Promise<LeakVerdict>;
}

export interface VerifierOptions {
  /** How to ask, by the id of the rule. */
  readonly checks: ReadonlyMap<string, LeakCheck>;
  /** Sends a read; rejects when nobody answers. Follows no redirect. */
  readonly send: (request: WireRequest, signal: AbortSignal) => Promise<WireResponse>;
  /** Milliseconds that never jump back. */
  readonly now: () => number;
  readonly wall: () => number;
  readonly random: RandomBytes;
  /** Rejects when the signal is aborted. */
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
  /** Aborted when the user gives up. */
  readonly signal?: AbortSignal;
  /** Requests under way at the same time; 8. */
  readonly parallel?: number;
  /** Milliseconds between two requests to one host; 100. */
  readonly pause?: number;
  /** Milliseconds for one credential; 15 s. */
  readonly deadline?: number;
  /** Milliseconds for all of them together; 5 min. */
  readonly total?: number;
}

const PARALLEL = 8;
const PAUSE = 100;
const DEADLINE = 15_000;
const TOTAL = 5 * 60_000;
const BASE64 = '-base64';

/** Each value is asked about once. No request of a check can send, make or change anything. */
export function createVerifier(options: VerifierOptions): Verifier {
  const { checks, now, sleep, total = TOTAL, deadline = DEADLINE } = options;
  const end = now() + total;
  const key = options.random(32);
  const asked = new Map<string, Promise<LeakVerdict>>();
  const { parallel = PARALLEL, pause = PAUSE } = options;
  const gate = createGate({ now, sleep, parallel, pause });
  const ask = createAsker({ gate, send: options.send, sleep });

  async function judge(check: LeakCheck, found: FoundCredential): Promise<LeakVerdict> {
    const left = Math.min(deadline, end - now());
    if (left <= 0) return unknown('There was no time left to ask.');
    const signals = [
      AbortSignal.timeout(Math.ceil(left)),
      ...(options.signal === undefined ? [] : [options.signal]),
    ];
    const signal = AbortSignal.any(signals);
    try {
      const requests = check.requests(found, options.wall());
      if (typeof requests === 'string') return unknown(requests);
      return await ask(check, { requests, companions: found.companions }, signal);
    } catch {
      return unknown(
        signal.aborted ? 'The vendor did not answer in time.' : 'The vendor could not be reached.',
      );
    }
  }

  return Object.freeze({
    verify(sighting: Sighting, others: readonly Sighting[] = []) {
      const readings = [sighting, ...others].map(decoded);
      const { rule, secret } = readings.find((one) => checks.has(one.rule)) ?? decoded(sighting);
      const check = checks.get(rule);
      if (check === undefined) return Promise.resolve(unknown(reasonWithout(sighting)));
      const companions = Object.assign(
        {},
        ...others.map((one) => one.companions),
        sighting.companions,
      ) as Record<string, string>;
      const name = nameOf(key, [rule, secret.reveal(), JSON.stringify(companions)]);
      const known = asked.get(name) ?? judge(check, { secret, companions });
      asked.set(name, known);
      return known;
    },
  });
}

/** A value in base64 is judged as what it holds. */
function decoded({ rule, secret }: Sighting): { readonly rule: string; readonly secret: Secret } {
  if (!rule.id.endsWith(BASE64)) return { rule: rule.id, secret };
  const plain = Buffer.from(secret.reveal(), 'base64').toString('utf8').trim();
  return { rule: rule.id.slice(0, -BASE64.length), secret: new Secret(plain) };
}

function reasonWithout({ rule }: Sighting): string {
  return rule.structure === 'virtual-secret'
    ? 'It is a virtual key: the gateway that made it knows. Report it there.'
    : `${rule.vendor} has no documented read that tells.`;
}

/** Keys of the cache hold no secret either. */
function nameOf(key: Buffer, parts: readonly string[]): string {
  return createHmac('sha256', key).update(JSON.stringify(parts)).digest('base64url');
}
