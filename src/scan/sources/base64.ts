import { mayBePacked, unpack } from './packing.ts';
import { rewrite, type Replacement, type Rewriting } from './rewriting.ts';

/** Fewer characters hold no credential. */
const SHORTEST = 20;
/** Most bytes of lines that are decoded as one run; further lines begin a new one. */
const LONGEST = 1 << 17;
const MOST_RUNS = 10_000;
const MOST_BYTES = 8 << 20;
/** So many characters are decoded first: a hash ends here. */
const TASTE = 12;
const PAD = 0x3d;
/** Bytes of what is not ASCII, in UTF-8. */
const FIRST_OF_OTHERS = 0x80;
/** Of a character of four bytes, three may have been read. */
const CUTS = [0, 1, 2, 3] as const;

const { isUtf8 } = process.getBuiltinModule('node:buffer');

/** Narrowest lines that are joined. No encoder breaks lines sooner, and a shorter run may be a value of its own. */
const NARROWEST = 40;
const LONGEST_INDENT = 64;
const [TAB, LINE_END, RETURN, SPACE, BACKSLASH, LETTER_N] = [0x09, 0x0a, 0x0d, 0x20, 0x5c, 0x6e] as const;

const ALPHABET = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
/** Text in Latin letters, and what parts its lines. */
export const PRINTABLE = tableOf(
  `\t\n\r${Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index)).join('')}`,
);

interface Run {
  readonly from: number;
  readonly to: number;
}

/** The document, the runs in it, and what is called when they hold more than is decoded. */
export interface Encoded {
  readonly bytes: Uint8Array;
  readonly runs: readonly Run[];
  readonly onCut?: () => void;
}

/** The document with its runs of base64 that decode to text in clear, one level deep; null when there are none. */
export function decodeBase64(encoded: Encoded): Rewriting | null {
  return decodeAll(
    encoded,
    encoded.runs.map((run) => [run]),
  );
}

/** The same with those runs alone that go on over several lines; in each line by itself a value may break off. */
export function decodeLines(encoded: Encoded): Rewriting | null {
  return decodeAll(encoded, linesOf(encoded.bytes, encoded.runs));
}

function decodeAll({ bytes, onCut }: Encoded, all: readonly (readonly Run[])[]): Rewriting | null {
  const replacements: Replacement[] = [];
  let left = MOST_BYTES;
  for (const lines of all) {
    const { by, cost } = decode(bytes, lines, left);
    left -= cost;
    if (left < 0 || (by.length > 0 && replacements.length >= MOST_RUNS)) {
      onCut?.();
      break;
    }
    for (const one of by) replacements.push(one);
  }
  return replacements.length === 0 ? null : rewrite(bytes, replacements);
}

/** Runs of the alphabet with their padding. Between runs it looks only at every 20th byte. */
export function runsOf(bytes: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (let at = SHORTEST - 1; at < bytes.length; at += SHORTEST) {
    if (ALPHABET[bytes[at] as number] === 0) continue;
    const to = endAt(bytes, at + 1);
    let from = at;
    while (from > 0 && ALPHABET[bytes[from - 1] as number] === 1) from--;
    at = to - 1;
    const run = { from, to: afterPadding(bytes, to) };
    const length = run.to - from;
    if (to - from >= SHORTEST - 2 && length >= SHORTEST && length % 4 === 0) runs.push(run);
  }
  return runs;
}

/**
 * The lines of each run that goes on in the next line: all of one width, but for the last, which may be shorter.
 */
function linesOf(bytes: Uint8Array, runs: readonly Run[]): readonly (readonly Run[])[] {
  const found: (readonly Run[])[] = [];
  let end = 0;
  for (const [index, first] of runs.entries()) {
    if (first.from < end) continue;
    const lines = [first];
    const width = first.to - first.from;
    for (let last = first; isWhole(bytes, last, width) && last.to - first.from < LONGEST;) {
      const from = afterBreak(bytes, last.to);
      const known = runs[index + lines.length];
      const next = known?.from === from ? known : runAt(bytes, from);
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

/** The run that begins here; an empty one where none does. */
function runAt(bytes: Uint8Array, from: number): Run {
  const to = endAt(bytes, from);
  return { from, to: to === from ? to : afterPadding(bytes, to) };
}

function endAt(bytes: Uint8Array, from: number): number {
  let to = from;
  while (to < bytes.length && ALPHABET[bytes[to] as number] === 1) to++;
  return to;
}

function afterPadding(bytes: Uint8Array, end: number): number {
  if (bytes[end] !== PAD) return end;
  return bytes[end + 1] === PAD ? end + 2 : end + 1;
}

interface Decoded {
  /** Empty when it is no text. */
  readonly by: readonly Replacement[];
  readonly cost: number;
}

/** What each line stands for, up to the beginning of the next one; what is packed stands in place of all of them. */
function decode(bytes: Uint8Array, lines: readonly Run[], most: number): Decoded {
  const [first, last] = [lines[0], lines.at(-1)];
  if (first === undefined || last === undefined) return { by: [], cost: 0 };
  const taste = tasteOf(bytes, first);
  const isPacked = mayBePacked(taste);
  if (!isPacked && !mayBeText(taste)) return { by: [], cost: 0 };
  if (last.to - first.from > 2 * most) return { by: [], cost: most + 1 };
  const parts = lines.map((line) => decodePart(bytes, line));
  const whole = Buffer.concat(parts);
  if (isPacked) {
    const unpacked = unpack(whole, most);
    const isPlain = unpacked.bytes !== null && isText(unpacked.bytes);
    const by = isPlain ? [{ from: first.from, to: last.to, by: unpacked.bytes }] : [];
    return { by, cost: unpacked.cost };
  }
  if (!isText(whole)) return { by: [], cost: 0 };
  const by = parts.map((part, index) => {
    const { from, to } = lines[index] as Run;
    return { from, to: lines[index + 1]?.from ?? to, by: part };
  });
  return { by, cost: whole.length };
}

const tasteOf = (bytes: Uint8Array, { from }: Run): Buffer => decodePart(bytes, { from, to: from + TASTE });

function decodePart(bytes: Uint8Array, { from, to }: Run): Buffer {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Buffer.from(buffer.toString('latin1', from, to), 'base64');
}

/** Text in any language. */
const isText = (bytes: Uint8Array): boolean => hasTextBytes(bytes) && isUtf8(bytes);

const hasTextBytes = (bytes: Uint8Array): boolean =>
  bytes.every((byte) => byte >= FIRST_OF_OTHERS || PRINTABLE[byte] === 1);

/** The same of a beginning, in which the last character may be cut. */
const mayBeText = (bytes: Uint8Array): boolean =>
  hasTextBytes(bytes) && CUTS.some((cut) => isUtf8(bytes.subarray(0, bytes.length - cut)));

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters, 'latin1')) table[byte] = 1;
  return table;
}
