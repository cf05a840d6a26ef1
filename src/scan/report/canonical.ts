const SUFFIX = '-base64';
const BASE64 = /^[A-Za-z0-9+/]{16,}={0,2}$/;
const TEXT = /^[\x20-\x7e\t\r\n]{12,}$/;

/** The value itself where it is base64 of a text, as Kubernetes keeps it: the same credential either way. */
export function canonicalValue(value: string): string {
  if (value.length % 4 !== 0 || !BASE64.test(value)) return value;
  const decoded = Buffer.from(value, 'base64').toString('latin1');
  return TEXT.test(decoded) ? decoded.trim() : value;
}

/** A rule that finds the same in base64 has its name after the plain one. */
export const canonicalRule = (id: string): string => (id.endsWith(SUFFIX) ? id.slice(0, -SUFFIX.length) : id);
