import { RingfenceError } from '../../kernel/errors.ts';

/** True for the error of a store that cannot be read or written now. */
export function isAway(error: unknown): error is RingfenceError {
  return error instanceof RingfenceError && error.code === 'store_unavailable';
}

/** Null when the store is away. Throws every other error. */
export function nullIfAway(error: unknown): null {
  if (isAway(error)) return null;
  throw error;
}
