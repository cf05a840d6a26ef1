import { RingfenceError } from '../kernel/errors.ts';

/** The conflict of two records of a kind that would share a name. */
export function nameTaken(kind: string, name: string): RingfenceError {
  return new RingfenceError('conflict', `The ${kind} name ${JSON.stringify(name)} is taken.`);
}
