/** Runs of base64 that are one: an encoder has broken it into lines. */
export interface Run {
  readonly from: number;
  readonly to: number;
}

/** Nobody breaks lines sooner, and a shorter run may be a value of its own. */
const NARROWEST = 40;
/** What is longer is taken apart here. */
const LONGEST = 1 << 17;
const LONGEST_INDENT = 64;
const PAD = 0x3d;
const [TAB, LINE_END, RETURN, SPACE, BACKSLASH, LETTER_N] = [0x09, 0x0a, 0x0d, 0x20, 0x5c, 0x6e] as const;

/**
 * The lines of each run that goes on in the next line: all of one width, but for the last, which may be shorter; `runAt` finds
 * it, as it may be too short for a run.
 */
export function linesOf(
  bytes: Uint8Array,
  runs: readonly Run[],
  runAt: (from: number) => Run,
): readonly (readonly Run[])[] {
  const found: (readonly Run[])[] = [];
  let end = 0;
  for (const [index, first] of runs.entries()) {
    if (first.from < end) continue;
    const lines = [first];
    const width = first.to - first.from;
    for (let last = first; isWhole(bytes, last, width) && last.to - first.from < LONGEST;) {
      const from = afterBreak(bytes, last.to);
      const known = runs[index + lines.length];
      const next = known?.from === from ? known : runAt(from);
      const length = next.to - next.from;
      if (length === 0 || length > width || length % 4 !== 0) break;
      lines.push((last = next));
    }
    end = lines.at(-1)?.to ?? end;
    if (lines.length > 1) found.push(lines);
  }
  return found;
}

const isWhole = (bytes: Uint8Array, { from, to }: Run, width: number): boolean =>
  width >= NARROWEST && to - from === width && bytes[to - 1] !== PAD;

/** Where the next line begins, behind its indent; the same place when no line ends there. JSON writes `\n`. */
function afterBreak(bytes: Uint8Array, end: number): number {
  const isEscaped = bytes[end] === BACKSLASH && bytes[end + 1] === LETTER_N;
  let at = isEscaped || bytes[end] === RETURN ? end + 1 : end;
  if (!isEscaped && bytes[at] !== LINE_END) return end;
  at++;
  const latest = at + LONGEST_INDENT;
  while (at < latest && (bytes[at] === SPACE || bytes[at] === TAB)) at++;
  return at;
}
