import { alphabetSize } from './alphabet.ts';
import { typistOdds } from './typist.ts';

/** A random value is taken for a placeholder with a chance of at most one in this. */
const DROP_ABOVE = 1000;
/** Odds that suffice for a part of the value if the whole value is likely to be a person's as well. */
const SUSPICIOUS = 20;
const REMEMBERED = 256;
/** Marks of a reference to a value elsewhere, or of a blank that is to be filled in. */
const REFERENCE = /\$\{|\$\(|\{\{|\}\}|<[^>]*>|%[({]|#\{|\.{3}|\*{3}|process\.env|os\.environ|getenv/;
/** Words by which people mark an example; no vendor's prefix contains one. */
const HINT =
  /(?:^|[^a-z])(?:your|example|sample|dummy|fake|change-?me|placeholder|insert|replace|todo|redacted|x{3,})(?:[^a-z]|$)/i;
/** Prefixes of vendors: `xkeysib-`, `pk_prod_`, `live_`. */
const PREFIX = /^(?:[A-Za-z]{1,8}[0-9]{0,2}[-_.:])+/;
const SEPARATORS = /[^0-9A-Za-z]+/;
/** Shortest part that can hold the randomness: words are shorter, or made of shorter ones. */
const LONG = 10;
const BEFORE_HEX = /^[A-Za-z]{1,4}?(?=(?:[0-9a-f]{16,}|[0-9A-F]{16,})$)/;
const UUID_LIKE = /^[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})+$/;
const DIGESTS =
  /(?:sha-?\d{1,3}|md5|integrity|checksum|commit|digest|etag|revision)["']?(?:\]|\))?[\s:=@/"'-]{0,4}$/i;

/**
 * True when nobody's credential can be `value`: a stand-in, an example, a name, or a sequence. `before` is the text that
 * leads up to it. A random value is taken for a placeholder with a probability of at most 0.1 %.
 */
export type PlaceholderFilter = (value: string, before: string) => boolean;

/** Makes a filter that remembers the latest values, as one value is often seen from several anchors. */
export function createPlaceholderFilter(): PlaceholderFilter {
  const remembered = new Map<string, boolean>();
  return (value, before) => {
    if (DIGESTS.test(before)) return true;
    const known = remembered.get(value);
    if (known !== undefined) return known;
    const result = isHumanMade(value);
    if (remembered.size >= REMEMBERED) remembered.clear();
    remembered.set(value, result);
    return result;
  };
}

function isHumanMade(value: string): boolean {
  if (REFERENCE.test(value) || HINT.test(PREFIX.exec(value)?.[0] ?? '')) return true;
  const text = withoutHyphens(decodedUuid(value) ?? value);
  const odds = typistOdds(strongestPart(text));
  return odds > DROP_ABOVE || (odds > SUSPICIOUS && typistOdds(text) > DROP_ABOVE);
}

/**
 * The part of a value that must hold most of its randomness, without fixed parts of its form such as `xkeysib-` or
 * `/IncomingWebhook/`. If no part is long enough, the whole value.
 */
function strongestPart(text: string): string {
  let [strongest, most] = [text, 0];
  for (const part of text.split(SEPARATORS)) {
    const bits = part.length * Math.log2(alphabetSize(part));
    if (part.length >= LONG && bits > most) [strongest, most] = [part, bits];
  }
  return strongest.replace(BEFORE_HEX, '');
}

/** Removes the hyphens of a UUID: their places are fixed and say nothing about randomness. */
const withoutHyphens = (text: string): string => (UUID_LIKE.test(text) ? text.replaceAll('-', '') : text);

/** A UUID in base64, whole or only its beginning. */
function decodedUuid(value: string): string | null {
  const text = Buffer.from(value.replace(PREFIX, ''), 'base64url').toString('latin1');
  return UUID_LIKE.test(text) ? text : null;
}
