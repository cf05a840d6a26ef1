import { RingfenceError } from '../kernel/errors.ts';
import { pointId, type JournalPoint } from '../kernel/point.ts';

/**
 * - `damaged`: bytes do not fit their CRC
 * - `removed`: a record, segment or epoch is missing before others
 * - `reordered`: a record stands at another's place
 * - `replaced`: the hash chain or a recorded head does not fit
 * - `truncated`: the end that is known to have existed is missing
 * - `forged`: a signature does not fit, or is missing for too long
 * - `malformed`: intact, but not a record that can stand there
 * - `unreadable`: the disk does not give the segment that it is in (an I/O error)
 */
export type FaultKind =
  | 'damaged'
  | 'removed'
  | 'reordered'
  | 'replaced'
  | 'truncated'
  | 'forged'
  | 'malformed'
  | 'unreadable';

/** The first record of a journal that cannot be trusted. */
export interface Fault extends JournalPoint {
  readonly kind: FaultKind;
  /** What is wrong, as a sentence that names the coordinates. */
  readonly message: string;
}

/** A fault at a record. `what` continues the sentence that begins with its coordinates. */
export function fault(kind: FaultKind, point: JournalPoint, what: string): Fault {
  const { node, epoch, position } = point;
  return { kind, node, epoch, position, message: `Record ${pointId(point)}: ${what}` };
}

/** The fault as an error of its own: `verify_failed`. */
export function faultError({ message }: Fault): RingfenceError {
  return new RingfenceError('verify_failed', message);
}
