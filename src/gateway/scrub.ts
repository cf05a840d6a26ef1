import type { OpenAccount } from '../vendors/vendor.ts';

const MASK = '[sealed]';
/** Shorter strings would hit innocent text. */
const SHORTEST = 8;

/** Removes the account's real secrets from anything that goes back to the app. */
export interface Scrubber {
  text(value: string): string;
  bytes(body: Buffer): Buffer;
  /** Length of the longest secret form, less one: what must be held back at the end of a streamed part. */
  readonly overlap: number;
}

/** Knows each secret as it is, percent-encoded, as JSON text and inside basic credentials. */
export function createScrubber(account: OpenAccount, sealedFields: readonly string[]): Scrubber {
  const needles = [...new Set(formsOf(account))].filter((form) => form.length >= SHORTEST);
  const buffers = needles.map((needle) => Buffer.from(needle));
  const field = fieldPattern(sealedFields);
  const clean = (text: string): string => {
    let result = text;
    for (const needle of needles) if (result.includes(needle)) result = result.replaceAll(needle, MASK);
    return field === null ? result : result.replace(field, `$1"${MASK}"`);
  };
  return {
    text: clean,
    bytes(body) {
      const touched = buffers.some((needle) => body.includes(needle)) || namesField(body, sealedFields);
      return touched ? Buffer.from(clean(body.toString('latin1')), 'latin1') : body;
    },
    overlap: Math.max(0, ...needles.map((needle) => needle.length - 1)),
  };
}

function formsOf({ fields, secrets }: OpenAccount): string[] {
  const forms: string[] = [];
  for (const secret of Object.values(secrets)) {
    const value = secret.reveal();
    forms.push(value, encodeURIComponent(value), JSON.stringify(value).slice(1, -1));
    for (const name of Object.values(fields)) forms.push(Buffer.from(`${name}:${value}`).toString('base64'));
  }
  return forms;
}

function namesField(body: Buffer, fields: readonly string[]): boolean {
  return fields.some((field) => body.includes(`"${field}"`));
}

/** `"auth_token": "…"` in JSON. Values are matched as whole JSON strings. */
function fieldPattern(fields: readonly string[]): RegExp | null {
  if (fields.length === 0) return null;
  const names = fields.map((name) => name.replace(/[^A-Za-z0-9_-]/g, '\\$&')).join('|');
  return new RegExp(`("(?:${names})"\\s*:\\s*)"(?:[^"\\\\]|\\\\.)*"`, 'g');
}
