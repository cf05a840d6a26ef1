import { alphabetSize } from './alphabet.ts';
import { typistOdds } from './typist.ts';

/** A random value is taken for a placeholder with a chance of at most one in this. */
const DROP_ABOVE = 1000;
/** Enough where the whole of the value is a person's too. */
const SUSPICIOUS = 20;
const REMEMBERED = 256;
/** Where a value is not here but comes from elsewhere, or must still be filled in. */
const REFERENCE = /\$\{|\$\(|\{\{|\}\}|<[^>]*>|%[({]|#\{|\.{3}|\*{3}|process\.env|os\.environ|getenv/;
/** Words that are never part of a vendor's prefix. */
const HINT =
  /(?:^|[^a-z])(?:your|example|sample|dummy|fake|change-?me|placeholder|insert|replace|todo|redacted|x{3,})(?:[^a-z]|$)/i;
/** Prefixes of vendors: `xkeysib-`, `pk_prod_`, `live_`. */
const PREFIX = /^(?:[A-Za-z]{1,8}[0-9]{0,2}[-_.:])+/;
const SEPARATORS = /[^0-9A-Za-z]+/;
/** A word is shorter, or made of shorter ones. */
const LONG = 10;
const BEFORE_HEX = /^[A-Za-z]{1,4}?(?=(?:[0-9a-f]{16,}|[0-9A-F]{16,})$)/;
const UUID_LIKE = /^[0-9a-fA-F]{8,}(?:-[0-9a-fA-F]{4,})+$/;
const DIGESTS =
  /(?:sha-?\d{1,3}|md5|integrity|checksum|commit|digest|etag|revision)["']?(?:\]|\))?[\s:=@/"'-]{0,4}$/i;

/**
 * True when nobody's credential can be `value`: a stand-in, an example, a name, or a sequence. `before` is the text that
 * leads up to it. A random value passes with a probability of at least 99.9 %.
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
 * The part in which most of the randomness must be, if there is any: `xkeysib-` or `/IncomingWebhook/` belong to a form.
 * Without a part of some length, the whole is one part.
 */
function strongestPart(text: string): string {
  let [strongest, most] = [text, 0];
  for (const part of text.split(SEPARATORS)) {
    const bits = part.length * Math.log2(alphabetSize(part));
    if (part.length >= LONG && bits > most) [strongest, most] = [part, bits];
  }
  return strongest.replace(BEFORE_HEX, '');
}

/** Hyphens of a UUID stand where they must, and say nothing. */
const withoutHyphens = (text: string): string => (UUID_LIKE.test(text) ? text.replaceAll('-', '') : text);

/** A UUID in base64, whole or only its beginning. */
function decodedUuid(value: string): string | null {
  const text = Buffer.from(value.replace(PREFIX, ''), 'base64url').toString('latin1');
  return UUID_LIKE.test(text) ? text : null;
}
