import type { Detector } from '../detection.ts';
import type { ScanProblem, Sighting } from '../sighting.ts';
import { createSearch, MOST_WHOLE } from '../sources/search.ts';
import { DamageError } from './damage.ts';
import type { ObjectReader } from './object-reader.ts';

/** Unpacked bytes that are looked at in all. */
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
}

export interface WrappedSearch {
  readonly reader: Pick<ObjectReader, 'read'>;
  readonly detector: Detector;
  readonly pause: () => Promise<void>;
}

/** Looks through archives and UTF-16 as in a work tree. */
export async function searchWrapped(
  oids: readonly string[],
  { reader, detector, pause }: WrappedSearch,
): Promise<WrappedFindings> {
  const search = createSearch(detector);
  let looked = 0;
  for (const oid of oids) {
    await pause();
    if (search.outcome().bytes > MOST_BYTES) break;
    looked++;
    try {
      const bytes = reader.read(oid)?.bytes ?? new Uint8Array(0);
      if (bytes.length <= MOST_WHOLE) await search.look({ kind: 'file', path: oid }, bytes);
      else search.report(oid, `It is larger than ${MOST_WHOLE >> 20} MiB, so it was not unpacked.`);
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      search.report(oid, `The object cannot be read: ${error.message}.`);
    }
  }
  if (looked < oids.length)
    search.report(
      'objects',
      `${oids.length - looked} archives were not unpacked: those before hold too much.`,
    );
  const { sightings, problems } = search.outcome();
  return {
    found: sightings.map(findingOf),
    problems: problems.map(({ where, problem }) => ({ where: `objects, object ${where}`, problem })),
  };
}

function findingOf(sighting: Sighting): WrappedFinding {
  const path = sighting.place.kind === 'file' ? sighting.place.path : '';
  const [oid = ''] = path.split(INSIDE, 1);
  return { oid, inner: path.slice(oid.length), sighting };
}
