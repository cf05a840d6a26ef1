import type { OpenAccount } from '../vendors/vendor.ts';

const MASK = '[sealed]';
/** A longer value of a sealed field is missed where it lies on both sides of a cut; a private key takes half of it. */
const LONGEST_SEALED = 8192;
/** Shorter strings would hit innocent text. */
const SHORTEST = 8;

/** Removes the account's real secrets from anything that goes back to the app. */
export interface Scrubber {
  headers(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  bytes(body: Buffer): Buffer;
  /** The same for Latin-1 text of bytes. */
  text(text: string): string;
  /** Bytes to be held back at the end of a streamed part: as long as a secret, less one, and as a usual sealed field. */
  readonly overlap: number;
  /** The same, which knows one more secret: a token that was signed for one request. */
  and(token: string): Scrubber;
}

/** Knows each secret as it is, percent-encoded, as JSON text, in Base64 and inside basic credentials. Looks at bytes as Latin-1 text. */
export function createScrubber(account: OpenAccount, sealedFields: readonly string[]): Scrubber {
  const forms = formsOf(account).map((form) => Buffer.from(form).toString('latin1'));
  const needles = [...new Set(forms)].filter((form) => form.length >= SHORTEST);
  return scrubberOf(needles, fieldPattern(sealedFields));
}

function scrubberOf(needles: readonly string[], field: RegExp | null): Scrubber {
  const isTouched = (text: string): boolean =>
    needles.some((needle) => text.includes(needle)) || (field !== null && text.search(field) !== -1);
  const clean = (text: string): string => {
    if (!isTouched(text)) return text;
    let result = text;
    for (const needle of needles) if (result.includes(needle)) result = result.replaceAll(needle, MASK);
    return field === null ? result : result.replace(field, `$1"${MASK}"`);
  };
  return {
    headers(headers) {
      if (!isTouched(Object.values(headers).join('\n'))) return headers;
      return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, clean(value)]));
    },
    bytes(body) {
      const text = body.toString('latin1');
      const cleaned = clean(text);
      return cleaned === text ? body : Buffer.from(cleaned, 'latin1');
    },
    text: clean,
    overlap: Math.max(field === null ? 0 : LONGEST_SEALED, ...needles.map((needle) => needle.length - 1)),
    and: (token) => scrubberOf([...needles, token], field),
  };
}

function formsOf({ fields, secrets }: OpenAccount): string[] {
  const forms: string[] = [];
  for (const secret of Object.values(secrets)) {
    const value = secret.reveal();
    const percent = encodeURIComponent(value);
    const json = JSON.stringify(value).slice(1, -1);
    forms.push(
      value,
      percent,
      percent.replace(/%../g, (code) => code.toLowerCase()),
    );
    forms.push(json, json.replaceAll('/', '\\/'), ...base64Of(value));
    for (const name of Object.values(fields)) forms.push(...base64Of(`${name}:${value}`));
  }
  return forms;
}

/** Both alphabets, without the padding, which may be left out. */
function base64Of(text: string): string[] {
  const bytes = Buffer.from(text);
  return [bytes.toString('base64').replace(/=+$/, ''), bytes.toString('base64url')];
}

/** `"auth_token": "…"` in JSON. Values are matched as whole JSON strings. */
function fieldPattern(fields: readonly string[]): RegExp | null {
  if (fields.length === 0) return null;
  const names = fields.map((name) => name.replace(/[^A-Za-z0-9_-]/g, '\\$&')).join('|');
  return new RegExp(`("(?:${names})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'g');
}
