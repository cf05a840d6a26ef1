const SUFFIX = '-base64';
const BASE64 = /^[A-Za-z0-9+/]{16,}={0,2}$/;
const TEXT = /^[\x20-\x7e\t\r\n]{12,}$/;

/** Decodes a value that is base64 of a text, as Kubernetes keeps secrets, so that both forms count as one credential. */
export function canonicalValue(value: string): string {
  if (value.length % 4 !== 0 || !BASE64.test(value)) return value;
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  return TEXT.test(decoded) ? decoded.trim() : value;
}

/** Id of the rule for the plain value, given that rule or its counterpart for base64, whose id has a suffix. */
export const canonicalRule = (id: string): string => (id.endsWith(SUFFIX) ? id.slice(0, -SUFFIX.length) : id);
