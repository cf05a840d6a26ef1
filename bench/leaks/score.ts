/** A value that a scanner reported. */
export interface Reported {
  readonly path: string;
  readonly vendor: string;
  readonly rule: string;
  readonly secret: string;
}

/** A value that stands somewhere. */
export interface Planted {
  readonly vendor: string;
  readonly kind: string;
  readonly secret: string;
}

export interface Tally {
  found: number;
  missed: number;
  /** Findings that hold no planted value, counted once for a value and path. */
  wrong: number;
  /** Found, but said to be another vendor's. */
  misnamed: number;
}

export const emptyTally = (): Tally => ({ found: 0, missed: 0, wrong: 0, misnamed: 0 });

export const recallOf = ({ found, missed }: Tally): number => found / Math.max(1, found + missed);
export const precisionOf = ({ found, wrong }: Tally): number => found / Math.max(1, found + wrong);

const SHORTEST_SHARE = 0.5;
/** So many characters in common are proof enough: of a long token only the beginning is reported. */
const LONG = 64;

/**
 * True when the report and the planted value overlap: at least half of the longer one, or 64 characters, are in both. A private key is known
 * by its first line, and a value in base64 counts as found where it stands encoded.
 */
export function overlaps(reported: string, planted: string): boolean {
  const decoded = Buffer.from(reported, 'base64').toString('latin1');
  return [reported, decoded].some((text) => isPart(text, planted) || isPart(planted, text));
}

function isPart(part: string, whole: string): boolean {
  const isLine = whole.split('\n').includes(part);
  return isLine || (whole.includes(part) && part.length >= Math.min(LONG, whole.length * SHORTEST_SHARE));
}

/** Scores the reports about one place where `planted` stands (null: nothing does). */
export function scorePlace(
  planted: Planted | null,
  reports: readonly Reported[],
  tally: Tally,
): readonly Reported[] {
  const right = planted === null ? [] : reports.filter(({ secret }) => overlaps(secret, planted.secret));
  const wrong = reports.filter((report) => !right.includes(report));
  tally.wrong += new Set(wrong.map(({ secret }) => secret)).size;
  if (planted === null) return wrong;
  if (right.length === 0) tally.missed++;
  else {
    tally.found++;
    if (!right.some(({ vendor }) => vendor === planted.vendor)) tally.misnamed++;
  }
  return wrong;
}
