import { PRINTABLE } from './base64.ts';
import { rewrite, type Replacement, type Rewriting } from './rewriting.ts';

/** Two hexadecimal digits follow: in URLs and forms, and in JSON by encoders that spare HTML (`\u002B` is a plus sign). */
const LEADS = ['%', String.raw`\u00`] as const;
/** A log of requests holds many; what follows these stays as it is. */
const MOST = 100_000;
/** What a terminal takes for colour, after the escape. */
const COLOUR = /^\[[0-9;:]{0,32}[A-Za-z]/;
const LONGEST_COLOUR = 40;
const ESCAPE = 0x1b;
const SPACE = Buffer.from(' ');
const ONE_BYTE = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));

/** The document with its escaped characters in clear, one level deep, and without colours; null when there are none. */
export function decodeEscapes(bytes: Uint8Array): Rewriting | null {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const replacements = [...LEADS.flatMap((lead) => escapesIn(buffer, lead)), ...coloursIn(buffer)];
  if (replacements.length === 0) return null;
  return rewrite(
    bytes,
    replacements.toSorted((one, other) => one.from - other.from),
  );
}

function escapesIn(bytes: Buffer, lead: string): Replacement[] {
  const found: Replacement[] = [];
  let from = bytes.indexOf(lead, 0, 'latin1');
  while (from >= 0 && found.length < MOST) {
    const digits = from + lead.length;
    const byte = 16 * digitAt(bytes, digits) + digitAt(bytes, digits + 1);
    const by = PRINTABLE[byte] === 1 ? ONE_BYTE[byte] : undefined;
    if (by !== undefined) found.push({ from, to: digits + 2, by });
    from = bytes.indexOf(lead, digits, 'latin1');
  }
  return found;
}

/** A log is as it was on the terminal, where a name has another colour than its value. */
function coloursIn(bytes: Buffer): Replacement[] {
  const found: Replacement[] = [];
  let from = bytes.indexOf(ESCAPE);
  while (from >= 0 && found.length < MOST) {
    const [colour] = COLOUR.exec(bytes.toString('latin1', from + 1, from + LONGEST_COLOUR)) ?? [];
    if (colour !== undefined) found.push({ from, to: from + 1 + colour.length, by: SPACE });
    from = bytes.indexOf(ESCAPE, from + 1);
  }
  return found;
}

/** Value of a hexadecimal digit; NaN when it is none. */
function digitAt(bytes: Buffer, at: number): number {
  const byte = bytes[at] ?? 0;
  if (byte >= 0x30 && byte <= 0x39) return byte - 0x30;
  const letter = byte | 0x20;
  return letter >= 0x61 && letter <= 0x66 ? letter - 0x57 : Number.NaN;
}
