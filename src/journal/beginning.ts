import type { IsSigned } from './checkpoint.ts';
import { fault, type Fault } from './fault.ts';
import { GENESIS, fromHex } from './format.ts';
import type { SegmentHeader } from './header.ts';
import { listSegments, type SegmentFile } from './segments.ts';
import { isStartSigned, startPath, type JournalStart } from './start.ts';

export interface Beginning {
  readonly node: string;
  /** What was signed of it; null when nothing was ever pruned or retired. */
  readonly start: JournalStart | null;
  readonly isSigned: IsSigned;
}

/** Does the first segment begin where the journal is known to begin? */
export function beginningProblem(header: SegmentHeader, { node, start, isSigned }: Beginning): Fault | null {
  const { epoch, first, chain } = header;
  const point = { node, epoch, position: first };
  if (header.node !== node) return fault('replaced', point, `its segment belongs to node ${header.node}`);
  if (start !== null) {
    const fits = start.epoch === epoch && start.position === first && fromHex(start.head) === chain;
    if (!isStartSigned(start, isSigned) || start.node !== node)
      return fault(
        'forged',
        { ...point, position: 0 },
        'the signature of the start of the journal does not fit',
      );
    return fits ? null : beginningMissing(node, start);
  }
  if (first > 0) return fault('removed', { ...point, position: 0 }, 'the segment that it was in is missing');
  if (chain !== GENESIS)
    return fault('removed', { ...point, epoch: epoch - 1 }, 'the epoch before this one is missing');
  return null;
}

/** The fault of a journal whose first record is gone. */
export function beginningMissing(node: string, { epoch, position }: JournalStart): Fault {
  return fault('removed', { node, epoch, position }, 'the journal began here, it is missing');
}

/**
 * What it means that the start cannot be read. It stands at the epoch before the first that is there, so that a
 * retirement through that one, or through the first where its beginning is missing, signs a new start.
 */
export async function unreadableStart(directory: string, node: string): Promise<Fault> {
  const [first] = await listSegments(directory);
  const epoch = first === undefined ? 0 : first.epoch - 1;
  return fault(
    'damaged',
    { node, epoch, position: 0 },
    `the journal begins after it, and ${startPath(directory)} cannot be read: put it back from a backup${otherRemedy(node, first)}`,
  );
}

/** Another remedy than the backup. There is none without a segment: a new journal would give positions of old records to new ones. */
function otherRemedy(node: string, first: SegmentFile | undefined): string {
  if (first === undefined) return '';
  const through = first.first === 0 ? first.epoch - 1 : first.epoch;
  return through === 0
    ? ', or move it away: nothing is missing'
    : `, or run \`ringfence journal retire ${node} ${through}\``;
}
