import type { Exchange } from '../core.ts';
import type { Ids } from '../ids.ts';

/** A vendor of which only one thing is simulated: the answer to a request that tells whether a credential works. */
export interface OtherVendor {
  readonly id: string;
  readonly hosts: readonly string[];
  readonly path: RegExp;
  /** Credential of a new account, by name; `secret` and perhaps `id`. */
  readonly make: (ids: Ids) => Readonly<Record<string, string>>;
  /** The credential in a request, as `id secret` or `secret`; null when there is none. `known`: the existing credentials, to check a signature against. */
  readonly read: (exchange: Exchange, known: readonly string[]) => string | null;
  readonly live: unknown;
  readonly dead: Answer;
  /** Answer to a valid credential that lacks the permission. Absent: the vendor has no such credentials. */
  readonly restricted?: Answer;
}

export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** Readers of credentials, by where they stand. */
export const bearer = ({ headers }: Exchange): string | null =>
  headers.authorization?.replace(/^Bearer /, '') ?? null;
export const scheme =
  (name: string) =>
  ({ headers: { authorization = '' } }: Exchange) =>
    authorization.startsWith(`${name} `) ? authorization.slice(name.length + 1) : null;
export const header =
  (name: string) =>
  ({ headers }: Exchange) => {
    const value = headers[name];
    return typeof value === 'string' ? value : null;
  };
/** `user password` of a basic header. */
export const basic = ({ headers: { authorization = '' } }: Exchange): string | null =>
  authorization.startsWith('Basic ')
    ? Buffer.from(authorization.slice(6), 'base64').toString().replace(':', ' ')
    : null;

export const unauthorized: Answer = { status: 401, body: { message: 'Unauthorized' } };
export const forbidden: Answer = { status: 403, body: { message: 'Forbidden' } };
export const secretOf = (make: (ids: Ids) => string) => (ids: Ids) => ({ secret: make(ids) });
