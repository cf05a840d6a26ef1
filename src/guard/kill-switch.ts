import { refuse, type Refused } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { KillRecord } from '../store/records.ts';
import { countryReached } from './country.ts';
import { keyMeant, type Subject, type SubjectNames } from './subject.ts';

export interface KillSwitch {
  /** The refusal by the first switch that is on for this request, or null. */
  check(subject: Subject, intent: Intent): Refused | null;
}

/** Compiles the switches that are on; without any the check costs nothing. A switch on a key holds for the keys that replace it. */
export function createKillSwitch(
  records: readonly KillRecord[],
  replacedBy: SubjectNames['replacedBy'] = () => null,
): KillSwitch {
  const on = new Map<string, KillRecord>();
  for (const record of records)
    on.set(`${record.scope}:${record.scope === 'all' ? '' : record.target}`, record);
  const countries = new Set(records.filter(({ scope }) => scope === 'country').map(({ target }) => target));

  function find({ vendor, account, app, key }: Subject, intent: Intent): KillRecord | undefined {
    const direct =
      on.get('all:') ??
      on.get(`vendor:${vendor}`) ??
      on.get(`account:${account}`) ??
      on.get(`app:${app}`) ??
      on.get(`key:${keyMeant(key, (one) => on.has(`key:${one}`), replacedBy)}`);
    if (direct !== undefined || countries.size === 0) return direct;
    const country = countryReached(intent, (one) => countries.has(one));
    return country === null ? undefined : on.get(`country:${country}`);
  }

  return Object.freeze({
    check(subject: Subject, intent: Intent) {
      if (on.size === 0) return null;
      const record = find(subject, intent);
      if (record === undefined) return null;
      const target = record.scope === 'all' ? 'everything' : `${record.scope} ${record.target}`;
      const why = record.reason === '' ? '.' : `: ${record.reason}`;
      return refuse('killed', `kill:${record.id}`, `A kill switch is on for ${target}${why}`);
    },
  });
}
