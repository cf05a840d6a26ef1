import type { Detector } from '../detection.ts';
import type { ScanProblem, Sighting } from '../sighting.ts';
import { createSearch, MOST_WHOLE } from '../sources/search.ts';
import type { ObjectReader } from './objects/object-reader.ts';
import { sentenceOf } from './objects/object-store.ts';

const MOST_BYTES = 8 * 2 ** 30;
/** What a name in an archive follows. */
const INSIDE = '!/';

/** What a wrapped object holds. */
interface WrappedFinding {
  readonly oid: string;
  /** Path in the archive, after `!/`; empty for UTF-16 and for a packed file. */
  readonly inner: string;
  /** Its place is not known yet. */
  readonly sighting: Sighting;
}

export interface WrappedFindings {
  readonly found: readonly WrappedFinding[];
  readonly problems: readonly ScanProblem[];
  /** Files in archives that were passed over, as they hold no text. */
  readonly binaries: number;
}

export interface WrappedSearch {
  readonly reader: Pick<ObjectReader, 'read'>;
  readonly detector: Detector;
  readonly pause: () => Promise<void>;
  /** Unpacked bytes that are looked at in all; 8 GiB when absent. */
  readonly most?: number;
}

/** Looks through archives and UTF-16 as in a work tree. */
export async function searchWrapped(
  oids: readonly string[],
  { reader, detector, pause, most = MOST_BYTES }: WrappedSearch,
): Promise<WrappedFindings> {
  const search = createSearch(detector);
  let looked = 0;
  for (const oid of oids) {
    await pause();
    if (search.outcome().bytes > most) break;
    looked++;
    try {
      const bytes = reader.read(oid)?.bytes ?? new Uint8Array(0);
      if (bytes.length <= MOST_WHOLE) await search.look({ kind: 'file', path: oid }, bytes);
      else search.report(oid, `It is larger than ${MOST_WHOLE >> 20} MiB, so it was not unpacked.`);
    } catch (error) {
      // Also when git has moved it into a pack meanwhile.
      search.report(oid, `The object cannot be read: ${sentenceOf(error)}.`);
    }
  }
  const { sightings, problems, binaries } = search.outcome();
  const left = oids.length - looked;
  const rest = {
    where: 'objects',
    problem: `${left} archives were not unpacked: those before took all of the limit.`,
  };
  return {
    found: sightings.map(findingOf),
    binaries,
    problems: [
      ...problems.map(({ where, problem }) => ({ where: `objects, object ${where}`, problem })),
      ...(left > 0 ? [rest] : []),
    ],
  };
}

function findingOf(sighting: Sighting): WrappedFinding {
  const path = sighting.place.kind === 'file' ? sighting.place.path : '';
  const [oid = ''] = path.split(INSIDE, 1);
  return { oid, inner: path.slice(oid.length), sighting };
}
