/** An object or file that cannot be read. The message is a sentence for people; the scan goes on without the object. */
export class DamageError extends Error {
  override readonly name = 'DamageError';
}

/** Ends the reading of one object. */
export function damaged(problem: string): never {
  throw new DamageError(problem);
}
