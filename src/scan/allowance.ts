const MARK = 'ringfence:allow';
/** Bytes around a value in which a comment counts when the line is too long to be searched as a whole. */
const REACH = 400;
const LINE_END = 0x0a;
/** Most bytes around a value that are read. A document may be one line of many megabytes full of values. */
const FARTHEST = 4096;
/** A word long enough to be a value. Before a comment on a line of its own (`<!--`, `"_comment":`) there is none. */
const VALUE = /[\w+/=.-]{12}/;

/**
 * Text after `ringfence:allow` on the line of a value or on the line before it; null when there is none. A comment behind
 * another value is about that one and not about the next line. `start` and `end` are the value's first byte and the byte after its last.
 */
export function readAllowance(bytes: Uint8Array, start: number, end: number): string | null {
  const from = Math.max(0, start - FARTHEST);
  return readNear(bytes.subarray(from, end + FARTHEST), start - from, end - from);
}

function readNear(bytes: Uint8Array, start: number, end: number): string | null {
  const lineStart = bytes.lastIndexOf(LINE_END, start - 1) + 1;
  const before = lineStart < 2 ? lineStart : bytes.lastIndexOf(LINE_END, lineStart - 2) + 1;
  const next = bytes.indexOf(LINE_END, end);
  const lineEnd = next < 0 ? bytes.length : next;
  const beside = findMark(bytes, lineStart, lineEnd, start);
  const above = before < lineStart ? findMark(bytes, before, lineStart - 1, lineStart) : null;
  return beside?.after ?? (above === null || VALUE.test(above.before) ? null : above.after);
}

interface Marked {
  /** Text before the mark on the same line, within reach. */
  readonly before: string;
  readonly after: string;
}

function findMark(bytes: Uint8Array, lineStart: number, lineEnd: number, near: number): Marked | null {
  const from = Math.max(lineStart, near - REACH);
  const text = Buffer.from(bytes.subarray(from, Math.min(lineEnd, near + 2 * REACH))).toString('utf8');
  const at = text.indexOf(MARK);
  if (at < 0) return null;
  const after = text
    .slice(at + MARK.length)
    .trim()
    .slice(0, REACH);
  return { before: text.slice(0, at), after };
}
