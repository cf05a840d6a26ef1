import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { Vendor } from '../vendors/vendor.ts';
import type { Operation } from '../vendors/wire.ts';
import type { Target } from './request-target.ts';

/** One request of an app, checked and routed, before anything is believed about who sends it. */
export interface AppRequest {
  readonly method: string;
  readonly vendor: Vendor;
  /** Vendor host that the request is meant for. */
  readonly host: string;
  readonly target: Target;
  /** Null: not in the vendor's table of operations, and therefore refused once the sender is known. */
  readonly operation: Operation | null;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
  /** Body of an upload, forwarded without being read; null otherwise. */
  readonly upload: Upload | null;
  /** Address of the caller. */
  readonly address: string;
  /** In base-URL mode: the URL prefix by which the app reaches a vendor host; null when the app uses real host names. */
  readonly toGateway: ((host: string) => string) | null;
}

export interface Upload {
  readonly stream: Readable;
  readonly length: number;
}

export interface AppAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Value of the header that names the decision. */
  readonly decision: string;
  /** The bytes as Latin-1 text: secrets are searched for in text, and Node sends text and head in one write. */
  readonly body: string;
  /** The body of a large answer, in place of `body`; null when `body` is the whole. To be read to its end or destroyed. */
  readonly rest: Readable | null;
}
