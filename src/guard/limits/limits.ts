import { next, refuse, type Refused, type Step } from '../../intent/decision.ts';
import type { Intent } from '../../intent/intent.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Subject } from '../subject.ts';
import { subjectKeys, type LimitRule } from './limit-rule.ts';
import { createRate, type Rate, type Usage } from './rate.ts';

export interface Admission {
  /** Ends the concurrency that this request holds; calling it again does nothing. */
  release(): void;
}

export interface Limits {
  configure(rules: readonly LimitRule[]): void;
  /** Takes one from every limit that applies, or from none. */
  admit(subject: Subject, intent: Intent): Step<Admission>;
  /** What was taken since the last call, for the other processes. */
  takeUsage(): readonly Usage[];
  /** Takes what other processes admitted from the limits here. */
  merge(usage: readonly Usage[]): void;
  /** All that is in force of the rates here, for a process that starts; rounded up. */
  snapshot(): readonly Usage[];
}

interface Limit {
  readonly rule: LimitRule;
  readonly rate: Rate | null;
  readonly running: Map<string, number>;
}

interface Taken {
  readonly limit: Limit;
  readonly key: string;
  readonly count: number;
}

const FREE: Admission = Object.freeze({ release() {} });

/** Rate and concurrency limits of this process, on the monotonic clock. */
export function createLimits({ clock }: { readonly clock: Pick<Clock, 'monotonic'> }): Limits {
  let limits: readonly Limit[] = [];

  return Object.freeze({
    configure(rules: readonly LimitRule[]) {
      const known = new Map(limits.map((limit) => [JSON.stringify(limit.rule), limit]));
      limits = rules.map((rule) => known.get(JSON.stringify(rule)) ?? newLimit(rule));
    },
    admit(subject: Subject, intent: Intent) {
      const now = clock.monotonic();
      const taken: Taken[] = [];
      for (const limit of limits) {
        if (!limit.rule.covers(subject, intent)) continue;
        const keys = subjectKeys(limit.rule.per, subject, intent);
        for (const [key, count] of keys.length === 1 ? [[keys[0] ?? '', 1] as const] : countsOf(keys)) {
          if (limit.rate !== null && !limit.rate.fits(key, now, count)) return rateRefusal(limit);
          if (
            limit.rule.concurrency !== null &&
            (limit.running.get(key) ?? 0) + count > limit.rule.concurrency
          )
            return concurrencyRefusal(limit);
          taken.push({ limit, key, count });
        }
      }
      for (const { limit, key, count } of taken) limit.rate?.take(key, now, count);
      return next(hold(taken));
    },
    takeUsage() {
      return usageOf(limits, (rate) => rate.takeUsage());
    },
    snapshot() {
      const now = clock.monotonic();
      return usageOf(limits, (rate) => rate.snapshot(now));
    },
    merge(usage: readonly Usage[]) {
      const now = clock.monotonic();
      const byId = new Map(limits.map((limit) => [limit.rule.id, limit]));
      for (const { limit, taken } of usage) {
        const rate = byId.get(limit)?.rate;
        for (const [key, count] of taken) rate?.merge(key, now, count);
      }
    },
  });
}

function newLimit(rule: LimitRule): Limit {
  return { rule, rate: rule.rate === null ? null : createRate(rule.rate), running: new Map() };
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
  return limit.rule.concurrency === null;
}

function countsOf(keys: readonly string[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + 1);
  return counts;
}

function hold(taken: readonly Taken[]): Admission {
  if (taken.every(isRate)) return FREE;
  const held = taken.filter((one) => !isRate(one));
  for (const { limit, key, count } of held) addRunning(limit, key, count);
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      for (const { limit, key, count } of held) addRunning(limit, key, -count);
    },
  };
}

function addRunning({ running }: Limit, key: string, count: number): void {
  const now = (running.get(key) ?? 0) + count;
  if (now > 0) running.set(key, now);
  else running.delete(key);
}
