const BEGIN = '-----BEGIN ';
const LONGEST = 8192;
const FORM =
  /^-----BEGIN (?:RSA |EC )?PRIVATE KEY-----[A-Za-z0-9+/=\s\\nr"',]{64,8000}-----END (?:RSA |EC )?PRIVATE KEY-----/;

/** The whole private key in PEM, of which a rule has seen `start`, the beginning of its body. Null when it is not whole. */
export function keyText(text: string, start: string): string | null {
  const inside = text.indexOf(start);
  const begin = inside < 0 ? -1 : text.lastIndexOf(BEGIN, inside);
  if (begin < 0) return null;
  const [found] = FORM.exec(text.slice(begin, begin + LONGEST)) ?? [];
  return found === undefined ? null : plainPem(found);
}

/** With line ends in place of whatever a string literal has there. */
function plainPem(text: string): string {
  const [, head = '', body = '', end = ''] =
    /^(-----BEGIN [A-Z ]+-----)([^]*)(-----END [A-Z ]+-----)$/.exec(text) ?? [];
  // Pieces of a string that are put together with `+`, then everything that is no letter of base64.
  const letters = body.replaceAll(/["']\s*\+\s*["']?/g, '').replaceAll(/\\[nr]|[^A-Za-z0-9+/=]/g, '');
  return [head, ...(letters.match(/.{1,64}/g) ?? []), end, ''].join('\n');
}
