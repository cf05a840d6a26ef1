import type { Exchange } from './core.ts';

/** A request as it arrived, with everything secret in clear: to prove what a gateway did and did not forward. */
export interface ReceivedRequest {
  readonly number: number;
  readonly at: number;
  readonly vendor: string | null;
  readonly method: string;
  readonly host: string;
  readonly path: string;
  readonly query: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** First 16 KiB. */
  readonly body: string;
  readonly account: string | null;
  /** Which of the account's real credentials was accepted; null when none was. */
  readonly credential: string | null;
  /** Status that was answered; null when the connection was broken off. */
  readonly status: number | null;
}

export interface RequestRing {
  add(exchange: Exchange, result: Pick<ReceivedRequest, 'at' | 'vendor' | 'status'>): void;
  /** Those after request number `after`, oldest first. */
  list(after?: number): readonly ReceivedRequest[];
  readonly count: number;
}

const KEPT = 1000;
const BODY_BYTES = 16 * 1024;

interface Entry {
  readonly number: number;
  readonly exchange: Exchange;
  readonly result: Pick<ReceivedRequest, 'at' | 'vendor' | 'status'>;
}

export function createRequestRing(): RequestRing {
  const ring: Entry[] = [];
  let count = 0;
  return Object.freeze({
    get count() {
      return count;
    },
    add(exchange: Exchange, result: Entry['result']) {
      count += 1;
      ring[(count - 1) % KEPT] = { number: count, exchange: trimmed(exchange), result };
    },
    list(after = 0) {
      const kept = ring.filter(({ number }) => number > after);
      return kept.toSorted((a, b) => a.number - b.number).map(describe);
    },
  });
}

/** Keeps the object that the request already made, unless its body is large. */
function trimmed(exchange: Exchange): Exchange {
  if (exchange.body.length <= BODY_BYTES) return exchange;
  return { ...exchange, body: Buffer.from(exchange.body.subarray(0, BODY_BYTES)) };
}

function describe({ number, exchange, result }: Entry): ReceivedRequest {
  const { method, host, path, query, headers, body, account, credential } = exchange;
  return {
    number,
    ...result,
    method,
    host,
    path,
    query,
    headers,
    body: body.toString('utf8'),
    account: account?.id ?? null,
    credential,
  };
}
