import { next, refuse, type Step } from '../../intent/decision.ts';
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
}

interface Limit {
  readonly rule: LimitRule;
  readonly rate: Rate | null;
  readonly running: Map<string, number>;
}

const FREE: Admission = Object.freeze({ release() {} });

/** Rate and concurrency limits of this process, on the monotonic clock. */
export function createLimits({ clock }: { readonly clock: Pick<Clock, 'monotonic'> }): Limits {
  let limits: readonly Limit[] = [];

  function refusal({ rule }: Limit, isRate: boolean): Extract<Step<never>, { ok: false }> {
    const code =
      rule.per === 'recipient' ? 'recipient_flooded' : isRate ? 'rate_limited' : 'concurrency_limited';
    const what = isRate
      ? `${rule.rate?.count ?? 0} per ${(rule.rate?.milliseconds ?? 0) / 1000} s`
      : `${rule.concurrency ?? 0} at a time`;
    return refuse(code, `limit:${rule.id}`, `The limit ${rule.id} allows ${what} per ${rule.per}.`);
  }

  return Object.freeze({
    configure(rules: readonly LimitRule[]) {
      const known = new Map(limits.map((limit) => [JSON.stringify(limit.rule), limit]));
      limits = rules.map((rule) => known.get(JSON.stringify(rule)) ?? newLimit(rule));
    },
    admit(subject: Subject, intent: Intent) {
      const now = clock.monotonic();
      const taken: [Limit, string][] = [];
      for (const limit of limits) {
        if (!limit.rule.covers(subject, intent)) continue;
        const counts = new Map<string, number>();
        for (const key of subjectKeys(limit.rule.per, subject, intent))
          counts.set(key, (counts.get(key) ?? 0) + 1);
        for (const [key, count] of counts) {
          if (limit.rate !== null && !limit.rate.fits(key, now, count)) return refusal(limit, true);
          if (limit.rule.concurrency !== null && (limit.running.get(key) ?? 0) >= limit.rule.concurrency)
            return refusal(limit, false);
          for (let time = 0; time < count; time++) taken.push([limit, key]);
        }
      }
      for (const [{ rate }, key] of taken) rate?.take(key, now, 1);
      return next(hold(taken));
    },
    takeUsage() {
      return limits.flatMap(({ rule, rate }) => rate?.takeUsage(rule.id) ?? []);
    },
    merge(usage: readonly Usage[]) {
      const now = clock.monotonic();
      const byId = new Map(limits.map((limit) => [limit.rule.id, limit]));
      for (const { limit, key, count } of usage) byId.get(limit)?.rate?.merge(key, now, count);
    },
  });
}

function newLimit(rule: LimitRule): Limit {
  return { rule, rate: rule.rate === null ? null : createRate(rule.rate), running: new Map() };
}

function hold(taken: readonly [Limit, string][]): Admission {
  const held = taken.filter(([{ rule }]) => rule.concurrency !== null);
  if (held.length === 0) return FREE;
  for (const [{ running }, key] of held) running.set(key, (running.get(key) ?? 0) + 1);
  let isHeld = true;
  return {
    release() {
      if (!isHeld) return;
      isHeld = false;
      for (const [{ running }, key] of held) {
        const left = (running.get(key) ?? 1) - 1;
        if (left > 0) running.set(key, left);
        else running.delete(key);
      }
    },
  };
}
