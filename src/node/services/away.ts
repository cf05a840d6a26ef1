import { RingfenceError } from '../../kernel/errors.ts';

/** True for what a store says that cannot be read or written now. */
export function isAway(error: unknown): error is RingfenceError {
  return error instanceof RingfenceError && error.code === 'store_unavailable';
}

/** Throws what is no store that is away. */
export function nullIfAway(error: unknown): null {
  if (isAway(error)) return null;
  throw error;
}
