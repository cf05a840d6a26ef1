import type { Detection, Detector } from '../detection.ts';
import type { Runs } from './delta.ts';
import { type ChangeVisitor, visitChanges } from './changes.ts';

/** More detections than this in one object are not kept; that there were more is told. */
const MOST_DETECTIONS = 10_000;
const NEW_LINE = 10;

/** A detection and its value, so that the bytes can be let go. */
export interface Finding {
  readonly detection: Detection;
  readonly value: string;
}

/** What one object holds, in ascending order of anchors. */
export interface Findings {
  readonly list: readonly Finding[];
  /** True when there were more. */
  readonly cut: boolean;
}

export const NOTHING: Findings = Object.freeze({ list: Object.freeze([]), cut: false });

interface Collector {
  add(finding: Finding): void;
  readonly detect: (from: number, to: number) => void;
  result(): Findings;
}

function collect(detector: Detector, bytes: Uint8Array): Collector {
  let list: Finding[] | undefined;
  let cut = false;
  const add = (finding: Finding): void => {
    list ??= [];
    if (list.length < MOST_DETECTIONS) list.push(finding);
    else cut = true;
  };
  const report = (detection: Detection): void => {
    const value = Buffer.from(
      bytes.buffer,
      bytes.byteOffset + detection.start,
      detection.end - detection.start,
    );
    add({ detection, value: value.toString('latin1') });
  };
  return {
    add,
    detect: (from, to) => detector.detect({ bytes, length: bytes.length, from, to }, report),
    result: () => (list === undefined ? NOTHING : { list, cut }),
  };
}

/** Searches the whole object. */
export function findAll(detector: Detector, bytes: Uint8Array): Findings {
  const collector = collect(detector, bytes);
  collector.detect(0, bytes.length);
  return collector.result();
}

export interface Base {
  readonly size: number;
  readonly findings: Findings;
}

/**
 * Searches only what a delta has changed and takes over the rest from the base: the same as `findAll`, as a detection
 * depends on nothing but the bytes within the detector's reach of its anchor.
 */
export function findChanged(detector: Detector, bytes: Uint8Array, base: Base, runs: Runs): Findings {
  if (base.findings.cut) return findAll(detector, bytes);
  const collector = collect(detector, bytes);
  const { list } = base.findings;
  const visitor: ChangeVisitor = {
    changed: collector.detect,
    carried(from, to, shift) {
      for (let index = firstFrom(list, from - shift); index < list.length; index++) {
        const finding = list[index] as Finding;
        if (finding.detection.anchor >= to - shift) break;
        collector.add(moved(finding, shift));
      }
    },
  };
  visitChanges(runs, { base: base.size, result: bytes.length, reach: detector.reach }, visitor);
  return collector.result();
}

/** Index of the first finding whose anchor is at `anchor` or after it. */
function firstFrom(list: readonly Finding[], anchor: number): number {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((list[middle] as Finding).detection.anchor < anchor) low = middle + 1;
    else high = middle;
  }
  return low;
}

function moved(finding: Finding, shift: number): Finding {
  if (shift === 0) return finding;
  const { detection, value } = finding;
  const moving = {
    start: detection.start + shift,
    end: detection.end + shift,
    anchor: detection.anchor + shift,
    seenFrom: detection.seenFrom + shift,
    seenTo: detection.seenTo + shift,
  };
  return { detection: { ...detection, ...moving }, value };
}

export interface Position {
  readonly line: number;
  readonly column: number;
}

/** Line and column, both from 1, of ascending offsets; columns count bytes. */
export function positionsOf(bytes: Uint8Array, offsets: readonly number[]): Position[] {
  let line = 1;
  let lineStart = 0;
  let next = bytes.indexOf(NEW_LINE);
  return offsets.map((offset) => {
    while (next >= 0 && next < offset) {
      line++;
      lineStart = next + 1;
      next = bytes.indexOf(NEW_LINE, lineStart);
    }
    return { line, column: offset - lineStart + 1 };
  });
}
