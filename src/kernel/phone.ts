/** Longest text that is read as a phone number: 15 digits with separators. */
const MAX_LENGTH = 32;
const E164 = /^\+[1-9]\d{4,14}$/;
const SEPARATORS = /[ .()-]/g;
const DIALLED = /^(\+|00)?([1-9]\d{4,14})$/;

/** A number that nobody can have, for messages that show how a number is written. The only one that is never masked. */
export const EXAMPLE_NUMBER = '+15005550006';

/**
 * Brings a phone number as people write it into E.164: `+` and 5 to 15 digits. Reads a leading `+` or `00`
 * with spaces, dashes, dots and parentheses in between; null for everything else.
 * `international`: the vendor takes digits without `+` as an international number, so they count as one.
 */
export function normalisePhone(text: string, options?: { readonly international: boolean }): string | null {
  if (text.length > MAX_LENGTH) return null;
  if (E164.test(text)) return text;
  const match = DIALLED.exec(text.replace(SEPARATORS, ''));
  if (match === null || (match[1] === undefined && options?.international !== true)) return null;
  return `+${match[2]}`;
}

const PHONE = /^(\+?)(\d{1,32})$/;
const EMAIL = /^([^\s@]*)@([a-z0-9.:[\]-]{1,100})$/i;
const SCHEME = /^([a-z]{2,20}):(?=.)/i;

/**
 * What people may see of an address: calling code and last two digits of a phone (`+49*******67`), first letter
 * and host of an e-mail or SIP address (`a***@example.org`), first letter of a name. A scheme such as `sip:` stays.
 */
export function maskAddress(address: string): string {
  const scheme = SCHEME.exec(address)?.[0] ?? '';
  return scheme + maskPart(address.slice(scheme.length));
}

function maskPart(text: string): string {
  const phone = PHONE.exec(text);
  if (phone !== null) return maskDigits(phone[1] ?? '', phone[2] ?? '');
  const email = EMAIL.exec(text);
  return email === null ? maskName(text) : `${maskPart(email[1] ?? '')}@${email[2]}`;
}

/** At least two thirds of what follows the calling code stay hidden. */
function maskDigits(plus: string, digits: string): string {
  const shown = plus === '' ? 0 : Math.min(callingCodeLength(digits), digits.length);
  const rest = digits.length - shown;
  const tail = rest >= 6 ? 2 : 0;
  return plus + digits.slice(0, shown) + '*'.repeat(rest - tail) + digits.slice(digits.length - tail);
}

function maskName(text: string): string {
  return `${/^[\p{L}\p{N}]/u.exec(text)?.[0] ?? ''}***`;
}

/** One digit for zones 1 and 7; two for the codes that ITU-T E.164 assigns so, else three. */
function callingCodeLength(digits: string): number {
  if (/^[17]/.test(digits)) return 1;
  return /^(2[07]|3[0-469]|4[013-9]|5[1-8]|6[0-6]|8[1246]|9[0-58])/.test(digits) ? 2 : 3;
}
