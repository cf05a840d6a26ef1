import { RingfenceError } from '../kernel/errors.ts';

/** Records that are kept as JSON, with what must be found or be unique beside it. */
export type CollectionName = 'app' | 'account' | 'budget' | 'kill';

/** The conflict of two records of a kind that would share a name. */
export function nameTaken(kind: CollectionName, name: string): RingfenceError {
  return new RingfenceError('conflict', `The ${kind} name ${JSON.stringify(name)} is taken.`);
}
