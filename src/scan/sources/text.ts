/** Bytes that decide whether a document is text; git looks at as many. */
const HEAD = 8000;
const BOM_LITTLE = 0xfffe;
const BOM_BIG = 0xfeff;
/** Share of zero bytes, on one side only, by which UTF-16 without a mark is known: text in Latin letters has more. */
const LEAST_ZEROS = 0.4;
const MOST_STRAY_ZEROS = 0.05;
/** Share of zero bytes in a text. */
const MOST_ZEROS = 0.25;
const SPACE = 0x20;
/** Tab, ends of lines and pages, and the escape that begins a colour. */
const TEXT_CONTROLS: ReadonlySet<number> = new Set([0x09, 0x0a, 0x0c, 0x0d, 0x1b]);

/**
 * The document as ASCII-compatible bytes; null when it is binary. UTF-16 becomes UTF-8. Zeros in what
 * else is text make no binary file: they part the variables of a process, and one in a comment must not hide a file.
 */
export function textOf(bytes: Uint8Array): Uint8Array | null {
  const order = orderOf(bytes);
  if (order !== null) return decode(bytes, order);
  const head = bytes.subarray(0, HEAD);
  return head.indexOf(0) < 0 || isTextWithZeros(head) ? bytes : null;
}

/** No other control characters than text has, and zeros here and there. */
function isTextWithZeros(head: Uint8Array): boolean {
  let zeros = 0;
  for (const byte of head) {
    if (byte === 0) zeros++;
    else if (byte < SPACE && !TEXT_CONTROLS.has(byte)) return false;
  }
  return zeros <= MOST_ZEROS * head.length;
}

/** True for a text of two bytes a character, with a mark or without. */
export const isUtf16 = (bytes: Uint8Array): boolean => orderOf(bytes) !== null;

type Order = 'little' | 'big';

function orderOf(bytes: Uint8Array): Order | null {
  const mark = bytes.length < 2 ? 0 : ((bytes[0] ?? 0) << 8) | (bytes[1] ?? 0);
  if (mark === BOM_LITTLE) return 'little';
  if (mark === BOM_BIG) return 'big';
  const head = bytes.subarray(0, HEAD);
  return head.indexOf(0) < 0 ? null : guessOrder(head);
}

/** Order of UTF-16 without a mark: Latin letters have zeros as their high bytes. */
function guessOrder(head: Uint8Array): Order | null {
  const pairs = head.length >> 1;
  let [even, odd] = [0, 0];
  for (let at = 0; at < 2 * pairs; at += 2) {
    if (head[at] === 0) even++;
    if (head[at + 1] === 0) odd++;
  }
  if (odd >= LEAST_ZEROS * pairs && even <= MOST_STRAY_ZEROS * pairs) return 'little';
  if (even >= LEAST_ZEROS * pairs && odd <= MOST_STRAY_ZEROS * pairs) return 'big';
  return null;
}

function decode(bytes: Uint8Array, order: Order): Uint8Array {
  const even = Buffer.from(bytes.subarray(0, bytes.length & ~1));
  const little = order === 'big' ? even.swap16() : even;
  return Buffer.from(little.toString('utf16le'), 'utf8');
}
