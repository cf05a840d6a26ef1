import { linesOf, type Run } from './base64-lines.ts';
import { rewrite, type Replacement, type Rewriting } from './rewriting.ts';

/** Fewer characters hold no credential. */
const SHORTEST = 20;
/** A longer run is an image or a font. */
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

const ALPHABET = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
/** Text in Latin letters, and what parts its lines. */
export const PRINTABLE = tableOf(
  `\t\n\r${Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index)).join('')}`,
);

/** The document with its runs of base64 that decode to text in clear, one level deep; null when there are none. */
export function decodeBase64(bytes: Uint8Array, runs = runsOf(bytes)): Rewriting | null {
  return decodeAll(
    bytes,
    runs.map((run) => [run]),
  );
}

/** The same with those runs alone that go on over several lines; in each line by itself a value may break off. */
export function decodeLines(bytes: Uint8Array, runs = runsOf(bytes)): Rewriting | null {
  return decodeAll(
    bytes,
    linesOf(bytes, runs, (from) => runAt(bytes, from)),
  );
}

function decodeAll(bytes: Uint8Array, all: readonly (readonly Run[])[]): Rewriting | null {
  const replacements: Replacement[] = [];
  let decodedBytes = 0;
  for (const lines of all) {
    const decoded = decode(bytes, lines);
    if (decoded === null) continue;
    for (const { by } of decoded) decodedBytes += by.length;
    if (replacements.length >= MOST_RUNS || decodedBytes > MOST_BYTES) break;
    for (const one of decoded) replacements.push(one);
  }
  return replacements.length === 0 ? null : rewrite(bytes, replacements);
}

/** Runs of the alphabet with their padding. Looks at every 20th byte of what is none. */
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
    if (to - from >= SHORTEST - 2 && length >= SHORTEST && length <= LONGEST && length % 4 === 0)
      runs.push(run);
  }
  return runs;
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

/** What each line stands for, up to the beginning of the next one; null when it is no text. */
function decode(bytes: Uint8Array, lines: readonly Run[]): Replacement[] | null {
  const [first] = lines;
  if (first === undefined || !mayBeText(tasteOf(bytes, first))) return null;
  const parts = lines.map((line) => decodePart(bytes, line));
  if (!isText(Buffer.concat(parts))) return null;
  return parts.map((by, index) => {
    const { from, to } = lines[index] as Run;
    return { from, to: lines[index + 1]?.from ?? to, by };
  });
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
