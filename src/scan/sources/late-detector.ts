import type { Detector } from '../detection.ts';
import { createAnchorGate } from './anchor-words.ts';

/** More than this is searched faster by the detector of all rules, once it is loaded. */
const MOST_BYTES = 1 << 20;

/** A detector that loads when a document may hold something. */
export interface LateDetector {
  /** With all rules. */
  openAll(): Promise<Detector>;
  /** Detects in these texts what all rules would; null: surely nothing. */
  openFor(texts: readonly Uint8Array[]): Promise<Detector | null>;
}

/** Loads only the rules whose anchors the first document with any has, until another one needs more. `ids` null: all rules. */
export function createLateDetector(ids: readonly string[] | null): LateDetector {
  const groupsIn = createAnchorGate();
  let left = MOST_BYTES;
  let all: Detector | null = null;
  let some: { readonly groups: ReadonlySet<string>; readonly detector: Detector } | null = null;

  async function openAll(): Promise<Detector> {
    return (all ??= (await import('../detector-source.ts')).createDetector({ ids }));
  }

  async function openFor(texts: readonly Uint8Array[]): Promise<Detector | null> {
    left -= texts.reduce((sum, { length }) => sum + length, 0);
    if (all !== null || left < 0) return openAll();
    const groups = new Set(texts.flatMap((text) => groupsIn(text)));
    if (groups.size === 0) return null;
    if (ids !== null || (some !== null && !isWithin(groups, some.groups))) return openAll();
    some ??= { groups, detector: await openGroups(groups) };
    return some.detector;
  }
  return Object.freeze({ openAll, openFor });
}

const isWithin = (groups: ReadonlySet<string>, others: ReadonlySet<string>): boolean =>
  [...groups].every((group) => others.has(group));

async function openGroups(groups: ReadonlySet<string>): Promise<Detector> {
  const [{ createDetector }, { loadGroups }] = await Promise.all([
    import('../detector/detector.ts'),
    import('../rules/groups.ts'),
  ]);
  return createDetector(await loadGroups(groups));
}
