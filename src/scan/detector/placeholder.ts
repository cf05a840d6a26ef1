import { typistOdds } from './typist.ts';

/** A random value is taken for a placeholder with a chance of at most one in this. */
const DROP_ABOVE = 1000;
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
export function isPlaceholder(value: string, before: string): boolean {
  if (REFERENCE.test(value) || DIGESTS.test(before)) return true;
  if (HINT.test(PREFIX.exec(value)?.[0] ?? '')) return true;
  return partsOf(value).every((part) => typistOdds(part) > DROP_ABOVE);
}

/**
 * Parts of which a generator may have made each: between separators, without a prefix before hexadecimal digits. One
 * random part makes the whole a credential, as `xkeysib-` or `/IncomingWebhook/` belong to the form. A value without a
 * part of some length is one part.
 */
function partsOf(value: string): readonly string[] {
  const text = decodedUuid(value) ?? value;
  if (UUID_LIKE.test(text)) return [text.replaceAll('-', '')];
  const long = text.split(SEPARATORS).filter((part) => part.length >= LONG);
  return long.length === 0 ? [text] : long.map((part) => part.replace(BEFORE_HEX, ''));
}

/** A UUID in base64, whole or only its beginning. */
function decodedUuid(value: string): string | null {
  const text = Buffer.from(value.replace(PREFIX, ''), 'base64url').toString('latin1');
  return UUID_LIKE.test(text) ? text : null;
}
