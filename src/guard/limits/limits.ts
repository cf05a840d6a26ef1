import { hash } from 'node:crypto';
import { next, refuse, type Refused, type Step } from '../../intent/decision.ts';
import type { Intent } from '../../intent/intent.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Subject } from '../subject.ts';
import { subjectKeys, type LimitRule } from './limit-rule.ts';
import { createConcurrency, type Concurrency } from './concurrency.ts';
import type { PermitPool, PermitPort } from './permit.ts';
import { createRate, type Rate, type Usage } from './rate.ts';

export interface Admission {
  /** Ends the concurrency that this request holds; calling it again does nothing. */
  release(): void;
}

export interface Limits {
  configure(rules: readonly LimitRule[]): void;
  /** Takes one from every limit that applies, or from none. Waits only for permits that other processes hold. */
  admit(subject: Subject, intent: Intent): Step<Admission> | Promise<Step<Admission>>;
  /**
   * What was taken since the last call, for the other processes. Keys of which no more was taken than comes back in `quiet`
   * ms, and that are full again, are left out: even if every process took as much, nothing would change.
   */
  takeUsage(quiet: number): readonly Usage[];
  /** Takes what other processes admitted from the limits here. */
  merge(usage: readonly Usage[]): void;
  /** All that is in force of the rates here, for a process that starts; rounded up. */
  snapshot(): readonly Usage[];
  /** Gives up permits that are not used, for another process; says how many. */
  recallPermits(pool: PermitPool): number;
  /** To be called each second: gives back permits that were not used. */
  tend(): void;
}

export interface LimitsOptions {
  readonly clock: Pick<Clock, 'monotonic'>;
  /** Null or absent: no other process takes requests. */
  readonly permits?: PermitPort | null;
}

interface Limit {
  readonly rule: LimitRule;
  readonly rate: Rate | null;
  readonly concurrency: Concurrency | null;
}

interface Taken {
  readonly limit: Limit;
  readonly key: string;
  /** What it takes of a rate. */
  readonly count: number;
}

/** A request runs once, wherever it goes. */
const ONE = 1;
const FREE: Admission = Object.freeze({ release() {} });
/** Another request may take the permit that one has waited for; then it waits again, at most so many times. */
const WAITS = 4;

interface State {
  readonly clock: Pick<Clock, 'monotonic'>;
  limits: readonly Limit[];
  /** No longer in force; requests that they admitted still run, and count when the rule comes back. */
  former: readonly Limit[];
}

/** Rate and concurrency limits, on the monotonic clock. */
export function createLimits({ clock, permits = null }: LimitsOptions): Limits {
  const state: State = { clock, limits: [], former: [] };
  return Object.freeze({
    configure(rules: readonly LimitRule[]) {
      const all = [...state.limits, ...state.former];
      const known = new Map(all.map((limit) => [JSON.stringify(limit.rule), limit]));
      state.limits = rules.map((rule) => known.get(JSON.stringify(rule)) ?? newLimit(rule, permits));
      state.former = all.filter((limit) => !state.limits.includes(limit) && isUsed(limit));
    },
    admit: (subject: Subject, intent: Intent) => admit(state, subject, intent, WAITS),
    takeUsage(quiet: number) {
      const now = clock.monotonic();
      return usageOf(state.limits, (rate) => rate.takeUsage(now, quiet));
    },
    snapshot() {
      const now = clock.monotonic();
      return usageOf(state.limits, (rate) => rate.snapshot(now));
    },
    merge(usage: readonly Usage[]) {
      const now = clock.monotonic();
      const byId = new Map(state.limits.map((limit) => [limit.rule.id, limit]));
      for (const { limit, taken } of usage) {
        const rate = byId.get(limit)?.rate;
        for (const [key, count] of taken) rate?.merge(key, now, count);
      }
    },
    recallPermits({ limit, key }: PermitPool) {
      const all = [...state.limits, ...state.former];
      return all.find(({ concurrency }) => concurrency?.limit === limit)?.concurrency?.recall(key) ?? 0;
    },
    tend() {
      const all = [...state.limits, ...state.former];
      const given = all.flatMap(({ concurrency }) => concurrency?.tend() ?? []);
      if (given.length > 0) permits?.giveBack(given);
      state.former = state.former.filter(isUsed);
    },
  });
}

function admit(
  state: State,
  subject: Subject,
  intent: Intent,
  waits: number,
): Step<Admission> | Promise<Step<Admission>> {
  const now = state.clock.monotonic();
  const wanted = wantedBy(state, subject, intent);
  const lacking: Taken[] = [];
  for (const one of wanted) {
    const { limit, key, count } = one;
    const { rate, concurrency } = limit;
    if (rate !== null && !rate.fits(key, now, count)) return rateRefusal(limit);
    if (concurrency === null || concurrency.fits(key, ONE)) continue;
    if (waits === 0 || !concurrency.canGain(key, ONE, now)) return concurrencyRefusal(limit);
    lacking.push(one);
  }
  if (lacking.length > 0)
    return gain(state, lacking).then((refused) => refused ?? admit(state, subject, intent, waits - 1));
  for (const { limit, key, count } of wanted) limit.rate?.take(key, now, count);
  return next(hold(wanted));
}

/** What a request takes from the limits that apply to it. */
function wantedBy({ limits }: State, subject: Subject, intent: Intent): readonly Taken[] {
  const wanted: Taken[] = [];
  for (const limit of limits) {
    const { rule } = limit;
    if (!rule.covers(subject, intent)) continue;
    const keys = subjectKeys(rule.per, subject, intent);
    const [only] = keys;
    if (only !== undefined && keys.length === 1) wanted.push({ limit, key: only, count: 1 });
    else for (const [key, count] of countsOf(keys)) wanted.push({ limit, key, count });
  }
  return wanted;
}

/** Null when it is worth trying again. */
async function gain({ clock }: State, lacking: readonly Taken[]): Promise<Refused | null> {
  const now = (): number => clock.monotonic();
  for (const { limit, key } of lacking)
    if ((await limit.concurrency?.gain(key, ONE, now)) !== true) return concurrencyRefusal(limit);
  return null;
}

function isUsed({ concurrency }: Limit): boolean {
  return concurrency?.isEmpty() === false;
}

function newLimit(rule: LimitRule, permits: PermitPort | null): Limit {
  const { rate, concurrency: most } = rule;
  const limit = hash('sha256', JSON.stringify(rule), 'base64url');
  return {
    rule,
    rate: rate === null ? null : createRate(rate),
    concurrency: most === null ? null : createConcurrency({ limit, most, permits }),
  };
}

function usageOf(limits: readonly Limit[], read: (rate: Rate) => Usage['taken']): readonly Usage[] {
  const usage: Usage[] = [];
  for (const { rule, rate } of limits) {
    const taken = rate === null ? null : read(rate);
    if (taken !== null && taken.size > 0) usage.push({ limit: rule.id, taken });
  }
  return usage;
}

function rateRefusal({ rule }: Limit): Refused {
  const { count = 0, milliseconds = 0 } = rule.rate ?? {};
  return refusal(rule, 'rate_limited', `${count} per ${milliseconds / 1000} s`);
}

function concurrencyRefusal({ rule }: Limit): Refused {
  return refusal(rule, 'concurrency_limited', `${rule.concurrency ?? 0} at a time`);
}

function refusal(
  { id, per }: LimitRule,
  code: 'rate_limited' | 'concurrency_limited',
  what: string,
): Refused {
  const message = `The limit ${id} allows ${what} per ${per}.`;
  return refuse(per === 'recipient' ? 'recipient_flooded' : code, `limit:${id}`, message);
}

function isRate({ limit }: Taken): boolean {
  return limit.concurrency === null;
}

function countsOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function hold(taken: readonly Taken[]): Admission {
  if (taken.every(isRate)) return FREE;
  const held = taken.filter((one) => !isRate(one));
  for (const { limit, key } of held) limit.concurrency?.take(key, ONE);
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      for (const { limit, key } of held) limit.concurrency?.release(key, ONE);
    },
  };
}
