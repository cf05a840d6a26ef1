import {
  checkAlive,
  checkGrant,
  checkLoaded,
  divide,
  forgiveFrom,
  type Holder,
  leaseId,
  notHeld,
  type PresumedLease,
} from '../grants.ts';
import { type LeaseAmounts, type LeaseMove, moveLease } from '../movements.ts';
import { checkAmount } from '../outcome.ts';
import type { JournalPoint } from '../../kernel/point.ts';
import type { GrantRequest, LeaseStore, PeriodTotals } from '../ports.ts';
import { LEASES_OPEN, leasesPresumed } from '../select.ts';
import type { Database, Queries, Row } from './database.ts';
import { ensureLife, getLife, type Life } from './lives.ts';
import * as sql from './money-sql.ts';
import type { Names } from './names.ts';

const LEASES_PRESUMED = leasesPresumed('$1', '$2');

/** What the functions of money share. */
export interface Context {
  readonly database: Database;
  readonly names: Names;
}

/** Changes of one period (by number) and of the lease that a life holds on it. */
export interface Change {
  readonly period: number;
  readonly spent: number;
  readonly lease: number;
}

/** Moves leases and the sums of their periods together. */
export async function move(queries: Queries, life: Life | null, changes: readonly Change[]): Promise<void> {
  const known = life === null ? new Map<number, LeaseAmounts>() : await lockLeases(queries, life, changes);
  const leases: (readonly [period: number, move: LeaseMove])[] = [];
  const sums = changes.map(({ period, spent, lease }): PeriodSums => {
    const present = known.get(period);
    const moved = present === undefined ? null : moveLease(present, lease);
    if (moved !== null) leases.push([period, moved]);
    return [period, spent, moved?.leased ?? 0, moved?.presumed ?? 0];
  });
  if (life !== null && leases.length > 0)
    await queries.run(
      sql.LEASES_PUT,
      life.id,
      leases.map(([period]) => period),
      leases.map(([, { state }]) => state),
      leases.map(([, { remaining }]) => remaining),
      leases.map(([, { overdrawn }]) => overdrawn),
    );
  await addToPeriods(queries, sums);
}

async function lockLeases(
  queries: Queries,
  life: Life,
  changes: readonly Change[],
): Promise<Map<number, LeaseAmounts>> {
  const periods = changes.filter((one) => one.lease !== 0).map((one) => one.period);
  if (periods.length === 0) return new Map();
  if (!life.closed) await queries.run(sql.LEASES_INSERT, life.id, periods);
  const rows = await queries.all(sql.LEASES_LOCK, life.id, periods);
  return new Map(rows.map((row) => [row['period_id'] as number, row as unknown as LeaseAmounts]));
}

type PeriodSums = readonly [period: number, spent: number, leased: number, presumed: number];

async function addToPeriods(queries: Queries, all: readonly PeriodSums[]): Promise<void> {
  const sums = all.filter(([, ...amounts]) => amounts.some((amount) => amount !== 0));
  if (sums.length === 0) return;
  const column = (index: 0 | 1 | 2 | 3) => sums.map((one) => one[index]);
  if (sums.length > 1) await queries.run(sql.PERIODS_LOCK, column(0));
  await queries.run(sql.PERIODS_ADD, column(0), column(1), column(2), column(3));
}

export function createLeaseStore(context: Context): LeaseStore {
  const { database, names } = context;
  return {
    grant: (request) => grant(context, request),
    async giveBack(lease, amount, position = 0) {
      checkAmount('amount', amount);
      const period = await names.period(lease.budget, lease.period);
      await database.transaction(async (queries) => {
        const life = await getLife(queries, sql.LIFE_FOR_GRANT, lease.node, lease.epoch);
        if (life === null) throw notHeld(lease);
        checkLoaded(lease, life.position, position);
        if ((await queries.run(sql.LEASE_TAKE, amount, period, life.id)) === 0) throw notHeld(lease);
        await addToPeriods(queries, [[period, 0, -amount, 0]]);
      });
    },
    async close(node, epoch, rest) {
      await database.transaction(async (queries) => {
        const life = await ensureLife({ queries, names }, sql.LIFE_FOR_END, node, epoch);
        await closeLife(queries, life, rest);
      });
    },
    open: async () => (await database.all(LEASES_OPEN)).map((row) => toLease(row, 'open')),
    presumed: async (budget, since) =>
      (await database.all(LEASES_PRESUMED, budget, since)).map((row) => toLease(row, 'presumed')),
    periods: async (budget, since) =>
      (await database.all(sql.PERIODS, budget, since)).map((row) => toPeriod(row)),
    async sums(asked) {
      const budgets = asked.map(({ budget }) => budget);
      const since = asked.map((one) => one.since);
      return (await database.all(sql.PERIOD_SUMS, budgets, since)) as unknown as readonly PeriodTotals[];
    },
    async forgive(budget, start, amount, holder) {
      checkAmount('amount', amount);
      const period = await names.period(budget, start);
      await database.transaction((queries) => forgive(queries, period, amount, holder));
    },
  };
}

async function grant({ database, names }: Context, request: GrantRequest): ReturnType<LeaseStore['grant']> {
  checkGrant(request);
  const { budget, since, node, epoch } = request;
  return database.transaction(async (queries) => {
    const period = await names.period(budget, request.period);
    await queries.run(sql.BUDGET_LOCK, budget);
    const life = await ensureLife({ queries, names }, sql.LIFE_FOR_GRANT, node, epoch);
    checkAlive(request, life.closed);
    await checkNothingLacks(queries, request.loaded ?? []);
    const counted = (await queries.get(sql.COUNTED, budget, since))?.['counted'] as number;
    const share = divide(request, counted);
    if (share.granted > 0) await move(queries, life, [{ period, spent: 0, lease: share.granted }]);
    return share;
  });
}

async function checkNothingLacks(queries: Queries, loaded: readonly JournalPoint[]): Promise<void> {
  const column = <Name extends keyof JournalPoint>(name: Name) => loaded.map((one) => one[name]);
  const row = await queries.get(sql.LIFE_LACKS, column('node'), column('epoch'), column('position'));
  const lacking = row as (JournalPoint & { readonly there: number }) | undefined;
  if (lacking !== undefined) checkLoaded(lacking, lacking.there, lacking.position);
}

async function closeLife(queries: Queries, life: Life, rest: 'free' | 'presume'): Promise<void> {
  await queries.run(sql.LIFE_CLOSE, rest, life.id);
  await queries.run(sql.ROWS_TO_UNKNOWN, life.id);
  const ended = await queries.all(sql.LEASES_END, life.id, rest === 'presume' ? 'presumed' : 'closed');
  await addToPeriods(
    queries,
    ended.map((row) => {
      const remaining = row['remaining'] as number;
      return [row['period_id'] as number, 0, -remaining, rest === 'presume' ? remaining : 0];
    }),
  );
}

async function forgive(queries: Queries, period: number, amount: number, holder?: Holder): Promise<void> {
  const leases = (await queries.all(sql.LEASES_PRESUMED, period)) as unknown as readonly PresumedLease[];
  for (const [life, part] of forgiveFrom(leases, amount, holder))
    await queries.run(sql.LEASE_FORGIVE, part, period, life);
  await addToPeriods(queries, [[period, 0, 0, -amount]]);
}

type LeaseRow = Awaited<ReturnType<LeaseStore['open']>>[number];
type PeriodRow = Awaited<ReturnType<LeaseStore['periods']>>[number];

function toLease(row: Row, state: LeaseRow['state']): LeaseRow {
  const lease = row as unknown as Omit<LeaseRow, 'id' | 'state'>;
  return { ...lease, id: leaseId(lease), state };
}

function toPeriod(row: Row): PeriodRow {
  return row as unknown as PeriodRow;
}
