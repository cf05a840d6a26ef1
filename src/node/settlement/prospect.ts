import type { Action } from '../../intent/intent.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { Clocks } from './clocks.ts';
import { windowOf } from './records.ts';
import { graceOf, isShown, nextLook } from './unknown.ts';

/** What to expect of the search for an unknown row. Wall ms. */
export interface Prospect {
  readonly nextLook: number;
  /** From then on, no record at the vendor means that nothing was sent; null: never, since a clock was wrong then. */
  readonly absentFrom: number | null;
}

export interface ProspectOptions {
  readonly vendor: (id: string) => Vendor | null;
  readonly clocks: Pick<Clocks, 'knownWrongUntil'>;
  readonly fingerprint: (text: string) => string;
  readonly graceMilliseconds?: number;
  readonly now: () => number;
}

/** Null: no list of the vendor's shows what became of the row, so only a person finds out. */
export function createProspect(options: ProspectOptions) {
  return async (row: LedgerRecord, fields: OpenAccount['fields']): Promise<Prospect | null> => {
    const vendor = options.vendor(row.vendor);
    const lookup = vendor?.lookup ?? null;
    if (vendor === null || lookup === null) return null;
    if (lookup.list(row.action as Action, windowOf([row]), fields) === null) return null;
    if (!isShown(row, lookup, options.fingerprint)) return null;
    const grace = graceOf(lookup, options.graceMilliseconds);
    const isProvable = row.at > (await options.clocks.knownWrongUntil(row.account));
    return {
      nextLook: nextLook(row, { vendor, fields }, options.now(), grace),
      absentFrom: isProvable ? row.at + grace : null,
    };
  };
}
