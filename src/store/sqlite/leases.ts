import { micros } from '../../kernel/money.ts';
import {
  checkAlive,
  checkGrant,
  checkLoaded,
  divide,
  forgiveFrom,
  leaseId,
  notHeld,
  type PresumedLease,
} from '../grants.ts';
import { moveLease, NO_LEASE, type LeaseAmounts } from '../movements.ts';
import { checkAmount } from '../outcome.ts';
import type { GrantRequest, LeaseStore, PeriodTotals } from '../ports.ts';
import type { LeaseRecord, PeriodRecord } from '../records.ts';
import { LEASES_OPEN, leasesPresumed } from '../select.ts';
import type { Database, Row } from './database.ts';
import { ensureLife, getLife, type Life } from './lives.ts';
import * as sql from './money-sql.ts';
import type { Periods } from './periods.ts';

const LEASES_PRESUMED = leasesPresumed('?', '?');

/** What the functions of money share. */
export interface Context {
  readonly database: Database;
  readonly periods: Periods;
}

/** Changes of the three sums of a period. */
export interface Sums {
  readonly spent: number;
  readonly leased: number;
  readonly presumed: number;
}

export function addToPeriod(database: Database, period: number, { spent, leased, presumed }: Sums): void {
  if (spent === 0 && leased === 0 && presumed === 0) return;
  database.run(sql.PERIOD_ADD, spent, leased, presumed, period);
}

/** Adds `delta` to the lease of `life` on a period (by number); returns what that does to the period. */
export function addToLease(
  database: Database,
  period: number,
  life: Life,
  delta: number,
): Omit<Sums, 'spent'> {
  const none = { leased: 0, presumed: 0 };
  if (delta === 0) return none;
  if (database.run(sql.LEASE_MOVE_OPEN, delta, period, life.id) === 1) return { leased: delta, presumed: 0 };
  const row = database.get(sql.LEASE_GET, period, life.id);
  if (row === undefined && life.closed) return none;
  const move = moveLease(row === undefined ? NO_LEASE : toAmounts(row), delta);
  if (move === null) return none;
  database.run(sql.LEASE_PUT, move.state, move.remaining, move.overdrawn, period, life.id);
  return move;
}

function toAmounts(row: Row): LeaseAmounts {
  return {
    state: row['state'] as LeaseRecord['state'],
    remaining: row['remaining'] as number,
    overdrawn: row['overdrawn'] as number,
  };
}

/** See `LeaseStore.grant`. Atomic because the one writer runs it inside a transaction. */
export function grant(
  { database, periods }: Context,
  request: GrantRequest,
): { granted: number; left: number } {
  checkGrant(request);
  const { budget, period, since } = request;
  const life = ensureLife(database, request.node, request.epoch);
  checkAlive(request, life.closed);
  for (const one of request.loaded ?? [])
    checkLoaded(one, getLife(database, one.node, one.epoch)?.position ?? 0, one.position);
  const counted = database.get(sql.COUNTED, budget, since)?.['counted'] as number;
  const share = divide(request, counted);
  if (share.granted > 0) {
    const id = periods.ensure(budget, period);
    addToPeriod(database, id, { spent: 0, ...addToLease(database, id, life, share.granted) });
  }
  return share;
}

/** See `LeaseStore.giveBack`. */
export function giveBack(context: Context, lease: LeaseName, amount: number, position: number): void {
  checkAmount('amount', amount);
  const { database, periods } = context;
  const life = getLife(database, lease.node, lease.epoch);
  if (life === null) throw notHeld(lease);
  checkLoaded(lease, life.position, position);
  const period = periods.find(lease.budget, lease.period);
  if (period === null || database.run(sql.LEASE_MOVE_OPEN, -amount, period, life.id) === 0)
    throw notHeld(lease);
  addToPeriod(database, period, { spent: 0, leased: -amount, presumed: 0 });
}

export type LeaseName = Pick<LeaseRecord, 'budget' | 'period' | 'node' | 'epoch'>;

/** See `LeaseStore.close`. */
export function closeLife(
  { database }: Context,
  node: string,
  epoch: number,
  rest: 'free' | 'presume',
): void {
  const life = ensureLife(database, node, epoch);
  database.run(sql.LIFE_CLOSE, rest, life.id);
  for (const row of database.all(sql.LEASES_OF_LIFE, life.id)) {
    const remaining = row['remaining'] as number;
    const presumed = rest === 'presume' ? remaining : 0;
    addToPeriod(database, row['period_id'] as number, { spent: 0, leased: -remaining, presumed });
  }
  database.run(sql.LEASES_END, rest === 'presume' ? 'presumed' : 'closed', life.id);
  database.run(sql.ROWS_TO_UNKNOWN, life.id);
}

/** See `LeaseStore.forgive`. */
export function forgive(
  { database, periods }: Context,
  ...[budget, start, amount, holder]: Parameters<LeaseStore['forgive']>
): void {
  checkAmount('amount', amount);
  const period = periods.find(budget, start);
  const leases = period === null ? [] : database.all(sql.LEASES_PRESUMED, period);
  for (const [life, part] of forgiveFrom(leases as unknown as readonly PresumedLease[], amount, holder))
    database.run(sql.LEASE_FORGIVE, part, period, life);
  if (period !== null) addToPeriod(database, period, { spent: 0, leased: 0, presumed: -amount });
}

export function openLeases(database: Database): LeaseRecord[] {
  return database.all(LEASES_OPEN).map((row) => toLease(row, 'open'));
}

export function presumedLeases(database: Database, budget: string, since: number): LeaseRecord[] {
  return database.all(LEASES_PRESUMED, budget, since).map((row) => toLease(row, 'presumed'));
}

function toLease(row: Row, state: LeaseRecord['state']): LeaseRecord {
  const lease = {
    budget: row['budget'] as string,
    period: row['period'] as number,
    node: row['node'] as string,
    epoch: row['epoch'] as number,
  };
  return { id: leaseId(lease), ...lease, remaining: micros(row['remaining'] as number), state };
}

export function sumPeriods(
  database: Database,
  asked: Parameters<LeaseStore['sums']>[0],
): readonly PeriodTotals[] {
  return database.all(sql.PERIOD_SUMS, JSON.stringify(asked)) as unknown as readonly PeriodTotals[];
}

export function listPeriods(database: Database, budget: string, since: number): PeriodRecord[] {
  return database.all(sql.PERIODS, budget, since).map((row) => ({
    budget: row['budget'] as string,
    period: row['period'] as number,
    spent: micros(row['spent'] as number),
    leased: micros(row['leased'] as number),
    presumed: micros(row['presumed'] as number),
  }));
}
