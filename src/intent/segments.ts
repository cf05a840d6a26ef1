/** How an SMS text is carried: the encoding, the segments it is billed as, and its length in septets or UTF-16 units. */
export interface SegmentCount {
  readonly encoding: 'gsm7' | 'ucs2';
  readonly segments: number;
  readonly units: number;
}

// Sizes of a lone message and of a part of a concatenated one, which gives 6 octets to its header: 3GPP TS 23.040 §9.2.3.24.
const GSM7 = { single: 160, part: 153 } as const;
const UCS2 = { single: 70, part: 67 } as const;

// 3GPP TS 23.038 §6.2.1: the default alphabet, and the extension table, whose characters cost an escape septet more.
const BASIC =
  '@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&\'()*+,-./0123456789:;<=>?' +
  '¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
const EXTENSION = '\f^{}\\[~]|€';

/** Septets by UTF-16 unit; 0 means that GSM-7 cannot carry it. A full table saves a bounds check a character. */
const SEPTETS = new Uint8Array(0x10000);
for (const character of BASIC) SEPTETS[character.charCodeAt(0)] = 1;
for (const character of EXTENSION) SEPTETS[character.charCodeAt(0)] = 2;

/**
 * Counts the segments of an SMS text, without smart encoding and without national shift tables. An extension
 * character or a surrogate pair is never split between two segments. An empty text is one segment.
 * Longer clusters (flags, joined emoji, combining marks) may be split, as the standard allows; a vendor
 * that keeps them whole can need more segments for such a text.
 */
export function countSegments(text: string): SegmentCount {
  const septets = countSeptets(text);
  if (septets === null) {
    const units = text.length;
    return { encoding: 'ucs2', units, segments: units <= UCS2.single ? 1 : ucs2Parts(text) };
  }
  return {
    encoding: 'gsm7',
    units: septets,
    segments: septets <= GSM7.single ? 1 : gsm7Parts(text, septets),
  };
}

/** Null as soon as one character is outside GSM-7. */
function countSeptets(text: string): number | null {
  let total = 0;
  for (let index = 0; index < text.length; index++) {
    const septets = SEPTETS[text.charCodeAt(index)] as number;
    if (septets === 0) return null;
    total += septets;
  }
  return total;
}

function gsm7Parts(text: string, septets: number): number {
  if (septets === text.length) return Math.ceil(septets / GSM7.part);
  let parts = 1;
  let used = 0;
  for (let index = 0; index < text.length; index++) {
    const size = SEPTETS[text.charCodeAt(index)] as number;
    used += size;
    if (used > GSM7.part) {
      parts += 1;
      used = size;
    }
  }
  return parts;
}

function ucs2Parts(text: string): number {
  let parts = 1;
  for (let end: number = UCS2.part; end < text.length; end += UCS2.part) {
    parts += 1;
    if (isPair(text, end - 1)) end -= 1;
  }
  return parts;
}

function isPair(text: string, index: number): boolean {
  return (text.charCodeAt(index) & 0xfc00) === 0xd800 && (text.charCodeAt(index + 1) & 0xfc00) === 0xdc00;
}
