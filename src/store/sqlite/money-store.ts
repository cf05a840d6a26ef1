import { micros } from '../../kernel/money.ts';
import { planLoad } from '../load-plan.ts';
import type { LeaseStore, LedgerBatch, LedgerStore } from '../ports.ts';
import type { Call } from './thread.ts';

export interface LedgerCalls {
  /** The writing connection. */
  readonly call: Call;
  readonly lists: Call;
  readonly audits: Call;
}

export function createLedgerStore({ call, lists, audits }: LedgerCalls): LedgerStore {
  return {
    cursors: (node) => call('cursors', node),
    givenUp: (node) => call('givenUp', node),
    heads: (node) => call('heads', node),
    load: (batch) => load(call, batch),
    settle: (outcome) => call('settle', outcome),
    pending: (kind, limit, after) => call('pending', kind, limit, after),
    get: (point) => call('getRow', point),
    list: (options) => lists('listRows', options),
    hasResource: (account, resourceId) => call('hasResource', account, resourceId),
    totals: () => audits('totals'),
    verify: () => audits('verify'),
  };
}

/** Plans as if the cursor stood at the start of the batch; when part of it is loaded already, plans again from there. */
async function load(call: Call, batch: LedgerBatch): Promise<void> {
  let from: number | null = batch.from;
  while (from !== null) from = await call('load', planLoad(batch, from));
}

export function createLeaseStore(call: Call): LeaseStore {
  return {
    async grant(request) {
      const { granted, left } = await call('grant', request);
      return { granted: micros(granted), left: micros(left) };
    },
    giveBack: (lease, amount, position = 0) => call('giveBack', lease, amount, position),
    close: (node, epoch, rest) => call('closeLife', node, epoch, rest),
    open: () => call('openLeases'),
    periods: (budget, since) => call('periods', budget, since),
    sums: (asked) => call('sumPeriods', asked),
    presumed: (budget, since) => call('presumedLeases', budget, since),
    forgive: (...forgiven) => call('forgive', ...forgiven),
  };
}
