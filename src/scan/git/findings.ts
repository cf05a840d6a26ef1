import { type Detection, MOST_DETECTIONS } from '../detection.ts';
import type { AnchorTable } from './kernel.ts';

/** A detection and its value, so that the bytes can be let go. */
export interface Finding {
  readonly detection: Detection;
  readonly value: string;
}

/** What one object holds, in ascending order of anchors. */
export interface Findings {
  readonly list: readonly Finding[];
  /** Its anchors; null when they are not known. */
  readonly anchors: AnchorTable | null;
  /** True when there were more. */
  readonly cut: boolean;
}

const NONE: readonly never[] = Object.freeze([]);
export const NOTHING: Findings = Object.freeze({ list: NONE, anchors: null, cut: false });

/** Collects the findings in an object. */
export interface Collector {
  readonly add: (finding: Finding) => void;
  readonly report: (detection: Detection) => void;
  result(anchors: AnchorTable | null): Findings;
}

export function collect(bytes: Uint8Array): Collector {
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
  const result = (anchors: AnchorTable | null): Findings =>
    list === undefined && anchors === null ? NOTHING : { list: list ?? NONE, anchors, cut };
  return { add, report, result };
}

interface Carried {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

/** Adds the base's findings whose anchors are in [from, to) there, `shift` bytes further on. */
export function carry(list: readonly Finding[], { from, to, shift }: Carried, { add }: Collector): void {
  for (let index = firstFrom(list, from); index < list.length; index++) {
    const finding = list[index] as Finding;
    if (finding.detection.anchor >= to) break;
    add(moved(finding, shift));
  }
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
