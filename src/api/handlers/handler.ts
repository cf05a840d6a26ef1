import { RingfenceError } from '../../kernel/errors.ts';
import type { Given, Received } from '../contract.ts';
import type { RouteId } from '../paths.ts';
import type { AdminServices } from '../services.ts';

/** One admitted call. */
export interface Call<Input> {
  readonly input: Input;
  readonly services: AdminServices;
  /** Who acts, for the journal; empty on routes without a token. */
  readonly actor: string;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
}

export type Handler<Id extends RouteId> = (
  call: Call<Received<Id>>,
) => Promise<Given<Id>> | AsyncIterable<Given<Id>>;

export type Handlers<Id extends RouteId> = { readonly [Each in Id]: Handler<Each> };

/** The record that a caller named by id or by name. Throws `not_found`. */
export function pick<T extends { readonly id: string; readonly name: string }>(
  what: string,
  records: readonly T[],
  reference: string,
): T {
  const found = records.find(({ id }) => id === reference) ?? records.find(({ name }) => name === reference);
  if (found === undefined)
    throw new RingfenceError('not_found', `There is no ${what} ${JSON.stringify(reference)}.`);
  return found;
}
