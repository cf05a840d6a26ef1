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
const PRINTABLE = tableOf(
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

/** Runs of the alphabet with their padding. Looks at every 20th byte of what is none. */
function* runsOf(bytes: Uint8Array): Generator<{ from: number; to: number }> {
  const isPart = (at: number): boolean => ALPHABET[bytes[at] ?? 0] === 1;
  for (let at = SHORTEST - 1; at < bytes.length; at += SHORTEST) {
    if (!isPart(at)) continue;
    let from = at;
    while (from > 0 && isPart(from - 1)) from--;
    let to = at + 1;
    while (to < bytes.length && isPart(to)) to++;
    at = Math.max(at, to - 1);
    const letters = to - from;
    while (to < bytes.length && to - from - letters < 2 && bytes[to] === PAD) to++;
    if (letters >= SHORTEST - 2 && to - from >= SHORTEST && to - from <= LONGEST) yield { from, to };
  }
}

function decodeRun(bytes: Buffer, from: number, to: number): Uint8Array | null {
  if ((to - from) % 4 !== 0) return null;
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
