import type {
  GrantRequest,
  LeaseStore,
  LedgerOutcome,
  LedgerFilter,
  LedgerVerification,
  PriceFilter,
} from '../ports.ts';
import type { CollectionName } from '../collections.ts';
import type { LoadPlan } from '../load-plan.ts';
import type { PolicyRecord, PriceRecord } from '../records.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import * as collections from './collections.ts';
import type { Document } from './collections.ts';
import type { Database } from './database.ts';
import { createLedger, getRecord } from './ledger.ts';
import * as keys from './keys.ts';
import type { KeyDocument } from './keys.ts';
import { hasResource, list, pending } from './ledger-reads.ts';
import * as leases from './leases.ts';
import type { Context, LeaseName } from './leases.ts';
import { cursors, givenUp, heads } from './lives.ts';
import { createPeriods } from './periods.ts';
import * as policies from './policies.ts';
import * as prices from './prices.ts';
import { TOTALS } from '../select.ts';
import * as settings from './settings.ts';
import { verify } from './verify.ts';

/** Everything that one connection can do, by name: what the thread's messages call. */
export function createEngine(database: Database) {
  const context = { database, periods: createPeriods(database) };
  const reads = createReads(context);
  const ledger = createLedger(context);
  const writes = {
    putRecord: (collection: CollectionName, document: Document) =>
      collections.putRecord(database, collection, document),
    removeRecord: (collection: CollectionName, id: string) =>
      collections.removeRecord(database, collection, id),
    putKey: (key: KeyDocument) => keys.putKey(database, key),
    removeKey: (id: string) => keys.removeKey(database, id),
    touchKeys: (uses: readonly (readonly [string, number])[]) => keys.touchKeys(database, uses),
    putPolicy: (policy: Omit<PolicyRecord, 'version'>, expected: number) =>
      policies.putPolicy(database, policy, expected),
    putPrices: (rows: readonly PriceRecord[]) => prices.putPrices(database, rows),
    removePrices: (vendor: string, kind: string | null) => prices.removePrices(database, vendor, kind),
    putSetting: (name: string, value: string) => settings.putSetting(database, name, value),
    load: (plan: LoadPlan) => ledger.load(plan),
    settle: (outcome: LedgerOutcome) => ledger.settle(outcome),
    grant: (request: GrantRequest) => leases.grant(context, request),
    giveBack: (lease: LeaseName, amount: number, position: number) =>
      leases.giveBack(context, lease, amount, position),
    closeLife: (node: string, epoch: number, rest: 'free' | 'presume') =>
      leases.closeLife(context, node, epoch, rest),
    forgive: (...forgiven: Parameters<LeaseStore['forgive']>) => leases.forgive(context, ...forgiven),
  };
  return { reads, writes, forget: ledger.forget };
}

function createReads(context: Context) {
  const { database } = context;
  return {
    getRecord: (collection: CollectionName, id: string) => collections.getRecord(database, collection, id),
    listRecords: (collection: CollectionName) => collections.listRecords(database, collection),
    getKey: (id: string) => keys.getKey(database, id),
    pageKeys: (after: string, limit: number) => keys.pageKeys(database, after, limit),
    pageKeysByName: (after: string | null, limit: number) => keys.pageKeysByName(database, after, limit),
    findKeys: (reference: string) => keys.findKeys(database, reference),
    activePolicy: () => policies.activePolicy(database),
    listPolicies: () => policies.listPolicies(database),
    listPrices: (filter: PriceFilter) => prices.listPrices(database, filter),
    pagePrices: (after: PriceRecord | null, limit: number) => prices.pagePrices(database, after, limit),
    priceCurrencies: (vendor: string) => prices.priceCurrencies(database, vendor),
    someSettings: (names: readonly string[]) => settings.someSettings(database, names),
    getSetting: (name: string) => settings.getSetting(database, name),
    cursors: (node: string) => cursors(database, node),
    givenUp: (node: string) => givenUp(database, node),
    heads: (node: string) => heads(database, node),
    pending: (kind: 'late' | 'unknown', limit: number, after?: JournalPoint | null) =>
      pending(context, kind, limit, after),
    getRow: (point: JournalPoint) => getRecord(context, point),
    listRows: (options: LedgerFilter) => list(context, options),
    hasResource: (account: string, resourceId: string) => hasResource(database, account, resourceId),
    openLeases: () => leases.openLeases(database),
    presumedLeases: (budget: string, since: number) => leases.presumedLeases(database, budget, since),
    sumPeriods: (asked: Parameters<LeaseStore['sums']>[0]) => leases.sumPeriods(database, asked),
    periods: (budget: string, since: number) => leases.listPeriods(database, budget, since),
    totals: () => database.all(TOTALS) as unknown as LedgerVerification['totals'],
    verify: () => verify(database),
  };
}

export type Engine = ReturnType<typeof createEngine>;
export type Methods = Engine['reads'] & Engine['writes'];
export type Method = keyof Methods;
