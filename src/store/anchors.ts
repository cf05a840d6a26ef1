import { RingfenceError } from '../kernel/errors.ts';

/** Records of one anchor slot: within it only the newest chain head is kept. */
export const ANCHOR_SLOT = 1_000;

/**
 * Throws `verify_failed` when the journal now claims another head for a position that was loaded before. `known`: the
 * head that was kept; absent or empty when none was.
 */
export function checkSameHead(position: number, known: unknown, head: string): void {
  if (known !== undefined && known !== '' && known !== head)
    throw new RingfenceError(
      'verify_failed',
      `The journal has another head at position ${position} than before`,
    );
}
