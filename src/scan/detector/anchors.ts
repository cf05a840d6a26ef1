import type { LeakAnchor, LeakRule } from '../../vendors/leak-rule.ts';

/** An anchor of one or several rules, ready to be confirmed. */
export interface Anchor {
  /** Lower case. */
  readonly literal: string;
  /** So many hexadecimal digits follow the literal. */
  readonly hex: number;
  /** Bytes of the literal and the digits together. */
  readonly length: number;
  readonly rules: readonly LeakRule[];
}

/** The beginning of anchors, for the prefilter. */
export interface Needle {
  readonly text: string;
  /** Numbers of the anchors that begin so. */
  readonly anchors: readonly number[];
}

/**
 * Bytes of an anchor that the search compares; the rest is compared when the anchor is judged. The fewer, the less has to be
 * searched again around a change.
 */
export const LOOKED_AT = 18;
/** Longer needles would only make the automaton larger. Rarer parts than the beginning bring little, and take time to choose. */
const NEEDLE_LENGTH = 5;
/** A shorter prefix is looked for with the hexadecimal digits after it, up to this length. */
const PREFIX_LENGTH = 3;
const HEX_DIGITS = '0123456789abcdef';

/** Each distinct anchor once, with all its rules in their order. */
export function collectAnchors(rules: readonly LeakRule[]): Anchor[] {
  const byForm = new Map<string, { literal: string; hex: number; length: number; rules: LeakRule[] }>();
  for (const rule of rules) {
    for (const anchor of rule.anchors) {
      const { literal, hex } = read(anchor);
      const form = `${literal} ${hex}`;
      const known = byForm.get(form) ?? { literal, hex, length: literal.length + hex, rules: [] };
      if (!known.rules.includes(rule)) known.rules.push(rule);
      byForm.set(form, known);
    }
  }
  return [...byForm.values()];
}

function read(anchor: LeakAnchor): { literal: string; hex: number } {
  if (typeof anchor === 'string') return { literal: anchor.toLowerCase(), hex: 0 };
  return { literal: anchor.prefix.toLowerCase(), hex: anchor.hex };
}

/** The needles of all anchors: each anchor begins with exactly one of its needles. */
export function chooseNeedles(anchors: readonly Anchor[]): Needle[] {
  const byText = new Map<string, number[]>();
  for (const [anchor, { literal, hex }] of anchors.entries()) {
    const beginning = literal.slice(0, NEEDLE_LENGTH);
    for (const text of withDigits(beginning, Math.min(hex, PREFIX_LENGTH - beginning.length))) {
      const users = byText.get(text);
      if (users === undefined) byText.set(text, [anchor]);
      else users.push(anchor);
    }
  }
  return Array.from(byText, ([text, users]) => ({ text, anchors: users }));
}

function withDigits(text: string, digits: number): string[] {
  if (digits <= 0) return [text];
  return Array.from(HEX_DIGITS, (digit) => withDigits(text + digit, digits - 1)).flat();
}

/** True when the whole anchor stands at `start` of the first `length` bytes. */
export const confirm = (anchor: Anchor, bytes: Uint8Array, start: number, length: number): boolean =>
  start + anchor.length <= length && isAt(anchor, bytes, start, anchor.length);

/** As `confirm`, for the first `LOOKED_AT` bytes of the anchor. */
export function confirmBeginning(anchor: Anchor, bytes: Uint8Array, start: number, length: number): boolean {
  const count = Math.min(anchor.length, LOOKED_AT);
  return start + count <= length && isAt(anchor, bytes, start, count);
}

function isAt({ literal }: Anchor, bytes: Uint8Array, start: number, count: number): boolean {
  const letters = Math.min(count, literal.length);
  for (let place = 0; place < letters; place++)
    if (lowerCase(bytes[start + place] ?? 0) !== literal.charCodeAt(place)) return false;
  for (let place = letters; place < count; place++) if (!isHex(bytes[start + place] ?? 0)) return false;
  return true;
}

const lowerCase = (byte: number): number => (byte >= 0x41 && byte <= 0x5a ? byte + 0x20 : byte);

function isHex(byte: number): boolean {
  const lower = byte | 0x20;
  return (byte >= 0x30 && byte <= 0x39) || (lower >= 0x61 && lower <= 0x66);
}
