import { BLOCK, BLOCK_BITS, type Range } from './period-sums.ts';
import type { LedgerState } from './records.ts';

/** Reading statements that every engine understands as they stand: the tables are alike, and so is what is read. */

const LEASES = `
  SELECT period.budget, period.period, life.node, life.epoch, lease.remaining
  FROM lease JOIN life ON life.id = lease.life JOIN period ON period.id = lease.period_id`;

export const LEASES_OPEN = `${LEASES}
  WHERE lease.state = 'open' ORDER BY life.node, life.epoch, period.budget, period.period`;

/** Of a budget and periods since a time. */
export const leasesPresumed = (budget: string, since: string): string => `${LEASES}
  WHERE period.budget = ${budget} AND period.period >= ${since} AND lease.state = 'presumed' AND lease.remaining > 0
  ORDER BY period.period, life.node, life.epoch`;

export const ROW_COLUMNS = `
  ledger.id, ledger.life, life.node, life.epoch, ledger.position, ledger.at, subject.key, subject.app,
  subject.account, subject.vendor, subject.operation, subject.action, subject.country, subject.currency,
  ledger.bound, ledger.amount, ledger.state, ledger.settled, ledger.at_bound, ledger.reserves, ledger.resource_ids,
  ledger.fingerprints`;

export const ROW_JOINS = `
  FROM ledger JOIN life ON life.id = ledger.life JOIN subject ON subject.id = ledger.subject`;

/** Conditions as literal text, so that the partial indexes serve them. */
export const IN_STATE: Readonly<Record<LedgerState, string>> = {
  reserved: `ledger.state = 'reserved'`,
  committed: `ledger.state = 'committed'`,
  released: `ledger.state = 'released'`,
  unknown: `ledger.state = 'unknown'`,
};

/** The clause of conditions that must all hold; empty without any. */
export function where(conditions: readonly string[]): string {
  return conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`;
}

/**
 * A sum of money that numbers count exactly. What comes to more, as by prices that a vendor has made up, is as much as they
 * can count: above every limit, and no reason to say nothing of all others.
 */
export function countable(sum: string): string {
  const most = Number.MAX_SAFE_INTEGER;
  return `CAST(CASE WHEN ${sum} > ${most} THEN ${most} ELSE ${sum} END AS bigint)`;
}

export const TOTALS = `
  SELECT subject.currency, ledger.state, ${countable('sum(ledger.amount)')} AS amount, count(*) AS rows
  FROM ledger JOIN subject ON subject.id = ledger.subject
  GROUP BY subject.currency, ledger.state ORDER BY subject.currency, ledger.state`;

const inBlock = (id: string, block: number): string =>
  `${id} >= ${block * BLOCK} AND ${id} < ${(block + 1) * BLOCK}`;

const AUDITED_ROWS = `
  SELECT ledger.id, life.node, life.epoch, ledger.position, subject.currency, ledger.bound, ledger.amount, ledger.state,
    ledger.settled, ledger.reserves ${ROW_JOINS}`;

/** What an audit is fed with; of periods and leases, one block of numbers of periods at a time. */
export const AUDITED = {
  lives: 'SELECT node, epoch, position, head, closed IS NOT NULL AS closed FROM life',
  anchors: `
    SELECT life.node, life.epoch, anchor.position, anchor.head FROM anchor JOIN life ON life.id = anchor.life`,
  blocks: `SELECT DISTINCT id >> ${BLOCK_BITS} AS block FROM period ORDER BY block`,
  periodIds: (block: number) => `SELECT id FROM period WHERE ${inBlock('id', block)}`,
  leases: (block: number) => `
    SELECT period.id, period.budget, period.period, lease.remaining, lease.overdrawn, lease.state, life.node, life.epoch
    FROM lease JOIN life ON life.id = lease.life JOIN period ON period.id = lease.period_id
    WHERE ${inBlock('lease.period_id', block)}`,
  rows: AUDITED_ROWS,
  rowsBetween: ({ first, last }: Range) => `${AUDITED_ROWS} WHERE ledger.id BETWEEN ${first} AND ${last}`,
  periods: (block: number) => `
    SELECT id, budget, period, ${countable('spent')} AS spent, leased, presumed FROM period WHERE ${inBlock('id', block)}`,
} as const;
