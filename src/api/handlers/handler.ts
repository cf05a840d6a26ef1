import type { Progress } from '../../kernel/progress.ts';
import type { Given, Received } from '../contract.ts';
import type { RouteId } from '../paths.ts';
import type { AdminServices } from '../services/all.ts';

/** A call that was admitted: its token was valid, or its route needs none. */
export interface Call<Input> {
  readonly input: Input;
  readonly services: AdminServices;
  /** Who acts, for the journal; empty on routes without a token. */
  readonly actor: string;
  /** Aborted when the client is gone. */
  readonly signal: AbortSignal;
  /** Reports the progress of long work. Throws when the client is gone: only for work that may be cut off at any point. */
  readonly progress: (progress: Progress) => void;
}

export type Handler<Id extends RouteId> = (
  call: Call<Received<Id>>,
) => Promise<Given<Id>> | AsyncIterable<Given<Id>>;

export type Handlers<Id extends RouteId> = { readonly [Each in Id]: Handler<Each> };
