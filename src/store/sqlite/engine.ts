import type { GrantRequest, LedgerOutcome, LedgerStore } from '../ports.ts';
import type { LoadPlan } from '../load-plan.ts';
import type { JournalPoint, LeaseRecord, PolicyRecord, PriceRecord } from '../records.ts';
import * as control from './control.ts';
import type { CollectionName, Document, KeyDocument } from './control.ts';
import type { Database } from './database.ts';
import { createLedger, getRecord } from './ledger.ts';
import { hasResource, list, pending } from './ledger-reads.ts';
import * as leases from './leases.ts';
import { cursors, heads } from './lives.ts';
import { verify } from './verify.ts';

type Lease = Pick<LeaseRecord, 'budget' | 'period' | 'node' | 'epoch'>;

/** Everything that one connection can do, by name: what the thread's messages call. */
export function createEngine(database: Database) {
  const reads = createReads(database);
  const ledger = createLedger(database);
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
    grant: (request: GrantRequest) => leases.grant(database, request),
    giveBack: (lease: Lease, amount: number, position: number) =>
      leases.giveBack(database, lease, amount, position),
    closeLife: (node: string, epoch: number, rest: 'free' | 'presume') =>
      leases.closeLife(database, node, epoch, rest),
    forgive: (budget: string, period: number, amount: number) =>
      leases.forgive(database, budget, period, amount),
  };
  return { reads, writes, forget: ledger.forget };
}

function createReads(database: Database) {
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
    pending: (kind: 'late' | 'unknown', limit: number) => pending(database, kind, limit),
    getRow: (point: JournalPoint) => getRecord(database, point),
    listRows: (options: Parameters<LedgerStore['list']>[0]) => list(database, options),
    hasResource: (account: string, resourceId: string) => hasResource(database, account, resourceId),
    openLeases: () => leases.openLeases(database),
    periods: (budget: string, since: number) => leases.periods(database, budget, since),
    verify: () => verify(database),
    backup: (path: string) => database.backup(path),
  };
}

export type Engine = ReturnType<typeof createEngine>;
export type Methods = Engine['reads'] & Engine['writes'];
export type Method = keyof Methods;
