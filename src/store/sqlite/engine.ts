import type { GrantRequest, LedgerOutcome, LedgerFilter } from '../ports.ts';
import type { LoadPlan } from '../load-plan.ts';
import type { JournalPoint, PolicyRecord, PriceRecord } from '../records.ts';
import * as control from './control.ts';
import type { CollectionName, Document, KeyDocument } from './control.ts';
import type { Database } from './database.ts';
import { createLedger, getRecord } from './ledger.ts';
import { hasResource, list, pending } from './ledger-reads.ts';
import * as leases from './leases.ts';
import type { Context, LeaseName } from './leases.ts';
import { cursors, heads } from './lives.ts';
import { createPeriods } from './periods.ts';
import { verify } from './verify.ts';

/** Everything that one connection can do, by name: what the thread's messages call. */
export function createEngine(database: Database) {
  const context = { database, periods: createPeriods(database) };
  const reads = createReads(context);
  const ledger = createLedger(context);
  const writes = {
    putRecord: (collection: CollectionName, document: Document) =>
      control.putRecord(database, collection, document),
    removeRecord: (collection: CollectionName, id: string) => control.removeRecord(database, collection, id),
    putKey: (key: KeyDocument) => control.putKey(database, key),
    removeKey: (id: string) => control.removeKey(database, id),
    touchKeys: (uses: readonly (readonly [string, number])[]) => control.touchKeys(database, uses),
    putPolicy: (policy: Omit<PolicyRecord, 'version'>, expected: number) =>
      control.putPolicy(database, policy, expected),
    putPrices: (rows: readonly PriceRecord[]) => control.putPrices(database, rows),
    removePrices: (vendor: string, kind: string | null) => control.removePrices(database, vendor, kind),
    putSetting: (name: string, value: string) => control.putSetting(database, name, value),
    load: (plan: LoadPlan) => ledger.load(plan),
    settle: (outcome: LedgerOutcome) => ledger.settle(outcome),
    grant: (request: GrantRequest) => leases.grant(context, request),
    giveBack: (lease: LeaseName, amount: number, position: number) =>
      leases.giveBack(context, lease, amount, position),
    closeLife: (node: string, epoch: number, rest: 'free' | 'presume') =>
      leases.closeLife(context, node, epoch, rest),
    forgive: (budget: string, period: number, amount: number) =>
      leases.forgive(context, budget, period, amount),
  };
  return { reads, writes, forget: ledger.forget };
}

function createReads(context: Context) {
  const { database } = context;
  return {
    getRecord: (collection: CollectionName, id: string) => control.getRecord(database, collection, id),
    listRecords: (collection: CollectionName) => control.listRecords(database, collection),
    getKey: (id: string) => control.getKey(database, id),
    pageKeys: (after: string, limit: number) => control.pageKeys(database, after, limit),
    activePolicy: () => control.activePolicy(database),
    listPolicies: () => control.listPolicies(database),
    listPrices: (vendor: string | null) => control.listPrices(database, vendor),
    getSetting: (name: string) => control.getSetting(database, name),
    cursors: (node: string) => cursors(database, node),
    heads: (node: string) => heads(database, node),
    pending: (kind: 'late' | 'unknown', limit: number, after?: JournalPoint | null) =>
      pending(context, kind, limit, after),
    getRow: (point: JournalPoint) => getRecord(context, point),
    listRows: (options: LedgerFilter) => list(context, options),
    hasResource: (account: string, resourceId: string) => hasResource(database, account, resourceId),
    openLeases: () => leases.openLeases(database),
    periods: (budget: string, since: number) => leases.listPeriods(database, budget, since),
    verify: () => verify(database),
    backup: (path: string) => database.backup(path),
  };
}

export type Engine = ReturnType<typeof createEngine>;
export type Methods = Engine['reads'] & Engine['writes'];
export type Method = keyof Methods;
