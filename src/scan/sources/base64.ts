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

const ALPHABET = tableOf('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
/** Text in Latin letters, and what parts its lines. */
export const PRINTABLE = tableOf(
  `\t\n\r${Array.from({ length: 95 }, (_, index) => String.fromCodePoint(32 + index)).join('')}`,
);

/** The document with its runs of base64 that decode to text in clear, one level deep; null when there are none. */
export function decodeBase64(bytes: Uint8Array): Rewriting | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const replacements: Replacement[] = [];
  let decodedBytes = 0;
  for (const { from, to } of runsOf(bytes)) {
    const by = decodeRun(buffer, from, to);
    if (by === null) continue;
    decodedBytes += by.length;
    if (replacements.length >= MOST_RUNS || decodedBytes > MOST_BYTES) break;
    replacements.push({ from, to, by });
  }
  return replacements.length === 0 ? null : rewrite(bytes, replacements);
}

interface Run {
  readonly from: number;
  readonly to: number;
}

/** Runs of the alphabet with their padding. Looks at every 20th byte of what is none. */
function runsOf(bytes: Uint8Array): Run[] {
  const runs: Run[] = [];
  for (let at = SHORTEST - 1; at < bytes.length; at += SHORTEST) {
    if (ALPHABET[bytes[at] as number] === 0) continue;
    let to = at + 1;
    while (to < bytes.length && ALPHABET[bytes[to] as number] === 1) to++;
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

function afterPadding(bytes: Uint8Array, end: number): number {
  if (bytes[end] !== PAD) return end;
  return bytes[end + 1] === PAD ? end + 2 : end + 1;
}

function decodeRun(bytes: Buffer, from: number, to: number): Uint8Array | null {
  if (!isText(Buffer.from(bytes.toString('latin1', from, from + TASTE), 'base64'))) return null;
  const decoded = Buffer.from(bytes.toString('latin1', from, to), 'base64');
  return isText(decoded) ? decoded : null;
}

const isText = (bytes: Uint8Array): boolean => bytes.every((byte) => PRINTABLE[byte] === 1);

function tableOf(characters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const byte of Buffer.from(characters, 'latin1')) table[byte] = 1;
  return table;
}
