/** An object or file that cannot be read. The message is a sentence for people; the scan goes on without the object. */
export class DamageError extends Error {
  override readonly name = 'DamageError';
}

/** Ends the reading of one object. */
export function damaged(problem: string): never {
  throw new DamageError(problem);
}

/** What `read` gives; null when it meets damage, or the system reports an error. */
export function unlessDamaged<Result>(read: () => Result): Result | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof DamageError || (error instanceof Error && 'code' in error)) return null;
    throw error;
  }
}
