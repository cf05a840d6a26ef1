import type { ErrorCode } from '../kernel/errors.ts';

/** Counts of one data-plane process; the primary adds them up for `/metrics`. Labels have few values. */
export interface Counters {
  requests: number;
  forwarded: number;
  unknownOutcomes: number;
  readonly refusals: Map<ErrorCode, number>;
  /** Requests rejected before they had one reading. */
  malformed: number;
  /** Answers 401 of vendors by account: the credential in use was not good enough. */
  readonly unauthorized: Map<string, number>;
}

export function createCounters(): Counters {
  return {
    requests: 0,
    forwarded: 0,
    unknownOutcomes: 0,
    refusals: new Map(),
    malformed: 0,
    unauthorized: new Map(),
  };
}

export function countRefusal(counters: Counters, code: ErrorCode): void {
  counters.refusals.set(code, (counters.refusals.get(code) ?? 0) + 1);
}

export function countUnauthorized(counters: Counters, account: string): void {
  counters.unauthorized.set(account, (counters.unauthorized.get(account) ?? 0) + 1);
}
