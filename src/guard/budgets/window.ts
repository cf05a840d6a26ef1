import type { BudgetWindow } from '../../store/records.ts';

/** The period of a window at one moment, in ledger milliseconds. */
export interface Period {
  /** Start of the period; its name in the ledger. */
  readonly start: number;
  /** Periods that start here or later count against the limit. */
  readonly since: number;
  /** First moment of the next period. */
  readonly end: number;
}

const DAY = 86_400_000;
const BUCKETS = 60;
/** 1970-01-01 was a Thursday; ISO weeks start on Monday. */
const MONDAY = 4 * DAY;

/** The period that `now` falls into. Calendar periods are in UTC; a sliding window moves in sixtieths, rounded so that it never counts too little. */
export function periodAt(window: BudgetWindow, now: number): Period {
  switch (window.kind) {
    case 'total':
      return { start: 0, since: 0, end: Infinity };
    case 'day':
      return fixed(now, DAY, 0);
    case 'week':
      return fixed(now, 7 * DAY, MONDAY);
    case 'month':
      return month(now);
    case 'sliding':
      return sliding(now, window.milliseconds);
  }
}

function fixed(now: number, length: number, offset: number): Period {
  const start = Math.floor((now - offset) / length) * length + offset;
  return { start, since: start, end: start + length };
}

function month(now: number): Period {
  const date = new Date(now);
  const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), 1);
  return { start, since: start, end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 1) };
}

function sliding(now: number, length: number): Period {
  const bucket = Math.max(1000, Math.ceil(length / BUCKETS));
  const start = Math.floor(now / bucket) * bucket;
  return { start, since: start - Math.ceil(length / bucket) * bucket, end: start + bucket };
}
