import type { Progress } from '../../kernel/progress.ts';
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
  /** Told how far long work is. Throws when the client is gone: only for work that may end anywhere. */
  readonly progress: (progress: Progress) => void;
}

export type Handler<Id extends RouteId> = (
  call: Call<Received<Id>>,
) => Promise<Given<Id>> | AsyncIterable<Given<Id>>;

export type Handlers<Id extends RouteId> = { readonly [Each in Id]: Handler<Each> };
