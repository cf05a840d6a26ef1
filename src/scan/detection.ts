import type { LeakRule } from '../vendors/leak-rule.ts';
import type { GramIndex } from './detector/gram-index.ts';

/** More detections than this in one document are not kept; that there were more is told. */
export const MOST_DETECTIONS = 10_000;
/** Most detections that are kept of all documents of a scan. */
export const MOST_IN_ALL = 500_000;

/** A rule has matched in a document. Offsets are bytes from the start of the document. */
export interface Detection {
  readonly rule: LeakRule;
  /** First byte of the secret, and the byte after its last. */
  readonly start: number;
  readonly end: number;
  /** First byte of the anchor that led here. */
  readonly anchor: number;
  /** What the rule has seen: nothing outside of these bytes had a part in the decision. */
  readonly seenFrom: number;
  readonly seenTo: number;
  /** Named groups of the match beside the secret: `id`, `host` … */
  readonly companions: Readonly<Record<string, string>>;
  /** Lowered by a structure check that fails without deciding. */
  readonly confidence: LeakRule['confidence'] | 'low';
}

/**
 * Finds credentials. What it reports depends on nothing but the bytes within `reach` of an anchor; therefore a changed
 * document needs to be read only within `reach` of its changes, and everything else is as it was.
 */
export interface Detector {
  /** No slice begins further before the first byte of its anchor, or ends further after it. */
  readonly reach: number;
  /**
   * Reports every detection whose anchor begins in [from, to) of the first `length` bytes of `bytes`, in ascending
   * order of anchors. Slices may extend beyond [from, to), never beyond [0, length). The same value may be reported for
   * several anchors.
   */
  detect(window: Window, report: (detection: Detection) => void): void;
  /** Detection in two steps; absent when the detector does not support that. */
  readonly steps?: DetectorSteps;
}

/**
 * Detection in two steps. Whether an anchor stands somewhere depends on much fewer bytes than what is detected there: a
 * changed document is searched for anchors only where it was changed, and judged near the changes.
 */
export interface DetectorSteps {
  /** Tables for finding the anchors in WebAssembly; null when they do not fit into them. */
  index(): GramIndex | null;
  /** How many anchors there are. One that stands in a document is a number: its first byte × `kinds` + its own. */
  readonly kinds: number;
  /** Reports what is detected at these anchors of a document, in their order; nothing at such as are none. */
  judge(document: ScannedDocument, anchors: readonly number[], report: (detection: Detection) => void): void;
}

/** The first `length` bytes of `bytes`. */
export type ScannedDocument = Pick<Window, 'bytes' | 'length'>;

export interface Window {
  readonly bytes: Uint8Array;
  readonly length: number;
  readonly from: number;
  readonly to: number;
}
