const MARK = 'ringfence:allow';
/** A longer line is no place for a comment, but for one right before or after the value. */
const REACH = 400;
const LINE_END = 0x0a;

/**
 * Text after `ringfence:allow` on the line of a value or on the line before it; null when there is none. `start` and
 * `end` are the value's first byte and the byte after its last.
 */
export function readAllowance(bytes: Uint8Array, start: number, end: number): string | null {
  const lineStart = bytes.lastIndexOf(LINE_END, start - 1) + 1;
  const before = lineStart < 2 ? lineStart : bytes.lastIndexOf(LINE_END, lineStart - 2) + 1;
  const next = bytes.indexOf(LINE_END, end);
  const lineEnd = next < 0 ? bytes.length : next;
  return (
    afterMark(bytes, lineStart, lineEnd, start) ??
    (before < lineStart ? afterMark(bytes, before, lineStart - 1, lineStart) : null)
  );
}

function afterMark(bytes: Uint8Array, lineStart: number, lineEnd: number, near: number): string | null {
  const from = Math.max(lineStart, near - REACH);
  const text = Buffer.from(bytes.subarray(from, Math.min(lineEnd, near + 2 * REACH))).toString('utf8');
  const at = text.indexOf(MARK);
  return at < 0
    ? null
    : text
        .slice(at + MARK.length)
        .trim()
        .slice(0, REACH);
}
