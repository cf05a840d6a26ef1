import type { OpenAccount } from '../vendors/custody-adapter.ts';

const MASK = '[sealed]';
/** A longer value of a sealed field is missed where it lies on both sides of a cut; a private key takes half of it. */
const LONGEST_SEALED = 8192;
/** Shorter strings would hit innocent text. */
const SHORTEST = 8;

/** Removes the account's real secrets from anything that goes back to the app. */
export interface Scrubber {
  /** One that has a secret in its name is left out. */
  headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  bytes(body: Buffer): Buffer;
  /** The same for Latin-1 text of bytes. */
  text(text: string): string;
  /** Bytes to hold back at the end of a streamed part: one less than the longest secret, and room for a usual sealed field. */
  readonly overlap: number;
  /** The same, which knows one more secret: a token that was signed for one request. */
  and(token: string): Scrubber;
}

/** Knows each secret as it is, percent-encoded, as JSON text, in Base64 and inside basic credentials. Looks at bytes as Latin-1 text. */
export function createScrubber(account: OpenAccount, sealedFields: readonly string[]): Scrubber {
  const forms = formsOf(account).map((form) => Buffer.from(form).toString('latin1'));
  const needles = [...new Set(forms)].filter((form) => form.length >= SHORTEST);
  return scrubberOf(
    needles,
    sealedFields.length === 0 ? [] : DEPTHS.map((depth) => fieldAt(depth, sealedFields)),
  );
}

function scrubberOf(needles: readonly string[], fields: readonly Field[]): Scrubber {
  /** As they stand in names of headers. */
  const lowered = needles.map((needle) => needle.toLowerCase());
  const isTouched = (text: string): boolean =>
    needles.some((needle) => text.includes(needle)) || fields.some((field) => isNamed(text, field));
  const clean = (text: string): string => {
    if (!isTouched(text)) return text;
    let result = text;
    for (const needle of needles) if (result.includes(needle)) result = result.replaceAll(needle, MASK);
    for (const field of fields)
      if (isNamed(result, field)) result = result.replace(field.pattern, field.masked);
    return result;
  };
  return {
    headers(headers) {
      const isTelling = (names: string): boolean => lowered.some((needle) => names.includes(needle));
      if (!isTouched(Object.values(headers).join('\n')) && !isTelling(Object.keys(headers).join('\n')))
        return headers;
      const kept = Object.entries(headers).filter(([name]) => !isTelling(name));
      return Object.fromEntries(kept.map(([name, value]) => [name, clean(value)]));
    },
    bytes(body) {
      const text = body.toString('latin1');
      const cleaned = clean(text);
      return cleaned === text ? body : Buffer.from(cleaned, 'latin1');
    },
    text: clean,
    overlap: Math.max(
      fields.length === 0 ? 0 : LONGEST_SEALED,
      ...needles.map((needle) => needle.length - 1),
    ),
    and: (token) => scrubberOf([...needles, token], fields),
  };
}

function formsOf({ fields, secrets }: OpenAccount): string[] {
  const forms: string[] = [];
  for (const secret of Object.values(secrets)) {
    const value = secret.reveal();
    const json = JSON.stringify(value).slice(1, -1);
    forms.push(value, ...percentOf(value));
    forms.push(json, json.replaceAll('/', '\\/'), JSON.stringify(json).slice(1, -1), ...base64Of(value));
    forms.push(...FOREIGN.flatMap((characters) => escapedIn(json, characters)));
    for (const name of Object.values(fields)) forms.push(...base64Of(`${name}:${value}`));
  }
  return forms;
}

/** As scripts write it, as forms do (adapters send secrets so, and vendors repeat the query), and as RFC 3986 would have it. */
function percentOf(text: string): string[] {
  const script = encodeURIComponent(text);
  const form = new URLSearchParams({ x: text }).toString().slice(2);
  const strict = script.replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16)}`);
  const all = [script, form, strict.replace(/%../g, (code) => code.toUpperCase())];
  return all.flatMap((one) => [one, one.replace(/%../g, (code) => code.toLowerCase())]);
}

/** Both alphabets, without the padding, which may be left out. */
function base64Of(text: string): string[] {
  const bytes = Buffer.from(text);
  return [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}

/** What writers of JSON escape although they need not: for HTML, and for ASCII. */
const FOREIGN = [/[<>&']/g, /[^\x20-\x7e]/g];

function escapedIn(json: string, characters: RegExp): string[] {
  const codeOf = (character: string) => character.charCodeAt(0).toString(16).padStart(4, '0');
  const lower = json.replace(characters, (character) => `\\u${codeOf(character)}`);
  const upper = json.replace(characters, (character) => `\\u${codeOf(character).toUpperCase()}`);
  return [lower, upper];
}

/** `"auth_token": "…"` in JSON, as it looks so many strings deep. */
interface Field {
  readonly quote: string;
  readonly pattern: RegExp;
  readonly masked: string;
}

/** Logs and alerts hold bodies as texts, and these may hold texts in turn. */
const DEPTHS = [0, 1, 2];

/** Values are matched as whole strings. Each level doubles the backslashes and adds one before a quote. */
function fieldAt(depth: number, fields: readonly string[]): Field {
  const one = 2 ** depth;
  const names = fields.map((name) => name.replace(/[^A-Za-z0-9_-]/g, '\\$&')).join('|');
  const [quote, pairs] = [`\\\\{${one - 1}}"`, `(?:\\\\{${2 * one}})*`];
  const value = `(?:[^"\\\\]|\\\\+[^"\\\\]|${pairs}\\\\{${2 * one - 1}}")*`;
  const plain = `${'\\'.repeat(one - 1)}"`;
  return {
    quote: plain,
    pattern: new RegExp(`(${quote}(?:${names})${quote}\\s*:\\s*)${quote}${value}${pairs}${quote}`, 'g'),
    masked: `$1${plain}${MASK}${plain}`,
  };
}

/** Most answers hold no JSON in their strings, which is quicker to see than that they hold no such field. */
function isNamed(text: string, { quote, pattern }: Field): boolean {
  return text.includes(quote) && text.search(pattern) !== -1;
}
