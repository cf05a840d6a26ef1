import type { Effect } from '../intent/intent.ts';

/** A request as the vendor is meant to see it: canonical, without any prefix of ours. */
export interface WireRequest {
  readonly method: string;
  /** Vendor host in lower case, without port. */
  readonly host: string;
  /** Canonical percent-encoded path, as it will be forwarded. */
  readonly path: string;
  /** Decoded path segments: `/v1/a%20b` is `['v1', 'a b']`. */
  readonly segments: readonly string[];
  /** Raw query without `?`; empty when there is none. */
  readonly query: string;
  /** Lower-case names; duplicates of sensitive headers were rejected before. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  readonly body: Buffer;
}

export interface WireResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
}

/** How the body of an operation is encoded; `stream` bodies are forwarded without being read. */
export type BodyKind = 'none' | 'form' | 'json' | 'stream';

/** One row of a vendor's operation table. */
export interface Operation {
  readonly id: string;
  readonly vendor: string;
  readonly method: string;
  readonly host: string;
  /** Path template, for example `/v2/Services/{ServiceSid}/Verifications`. */
  readonly path: string;
  readonly body: BodyKind;
  readonly effects: readonly Effect[];
}
