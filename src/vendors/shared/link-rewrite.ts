/** Which links of an answer to point back at the gateway. */
export interface LinkRules {
  /** True for the name of a member that holds a link (or an object or array of links). */
  readonly isLinkKey: (key: string) => boolean;
  /** True for a host of this vendor. Links to any other host stay as they are. */
  readonly isVendorHost: (host: string) => boolean;
  /** Base URL of the gateway for a vendor host, without a slash at the end. */
  readonly toGateway: (host: string) => string;
}

interface Frame {
  readonly array: boolean;
  /** Everything below a link key holds links: `links: { messages: "https://…" }`. */
  readonly links: boolean;
  key: string | null;
}

const ABSOLUTE = /^https:\/\/([A-Za-z0-9.-]+)(?::443)?(?=[/?#]|$)/;
const MAX_DEPTH = 64;

/**
 * Replaces the vendor's origin in JSON string values of link members. Works on the text, so that numbers, order and
 * white space stay as the vendor sent them; user text that happens to hold a URL is not a link member and stays too.
 * Text that is not JSON comes back unchanged. Linear in the length.
 */
export function rewriteJsonLinks(body: string, rules: LinkRules): string {
  if (!body.includes('https:')) return body;
  const stack: Frame[] = [];
  let result = '';
  let copied = 0;
  for (let at = 0; at < body.length; at++) {
    if (body[at] !== '"') {
      if (!step(stack, body[at], rules)) return body;
      continue;
    }
    const end = stringEnd(body, at);
    if (end < 0) return body;
    const frame = stack.at(-1);
    if (frame !== undefined && isKey(body, end, frame)) frame.key = decodeString(body.slice(at, end));
    else if (frame !== undefined && holdsLink(frame, rules)) {
      result += body.slice(copied, at) + rewriteToken(body.slice(at, end), rules);
      copied = end;
    }
    at = end - 1;
  }
  return result + body.slice(copied);
}

/** Follows the structure; false when it is deeper than any answer of a vendor. */
function step(stack: Frame[], character: string | undefined, rules: LinkRules): boolean {
  const frame = stack.at(-1);
  if (character === '{' || character === '[') {
    if (stack.length === MAX_DEPTH) return false;
    stack.push({
      array: character === '[',
      links: frame !== undefined && holdsLink(frame, rules),
      key: null,
    });
  } else if (character === '}' || character === ']') stack.pop();
  else if (character === ',' && frame !== undefined) frame.key = null;
  return true;
}

/** Index after the closing quote of the string that starts at `start`; -1 when there is none. */
function stringEnd(body: string, start: number): number {
  for (let at = start + 1; at < body.length; at++) {
    const unit = body.charCodeAt(at);
    if (unit === 0x5c) at++;
    else if (unit === 0x22) return at + 1;
  }
  return -1;
}

/** True for a string that is a member's name: it stands in an object, where a name is due, and a colon follows. */
function isKey(body: string, end: number, frame: Frame): boolean {
  if (frame.array || frame.key !== null) return false;
  let at = end;
  while (at < body.length && body.charCodeAt(at) <= 0x20) at++;
  return body[at] === ':';
}

function holdsLink(frame: Frame, rules: LinkRules): boolean {
  return frame.links || (frame.key !== null && rules.isLinkKey(frame.key));
}

function rewriteToken(token: string, rules: LinkRules): string {
  const value = decodeString(token);
  const match = value === null ? null : ABSOLUTE.exec(value);
  const host = match?.[1]?.toLowerCase();
  if (value === null || match === null || host === undefined || !rules.isVendorHost(host)) return token;
  return JSON.stringify(rules.toGateway(host) + value.slice(match[0].length));
}

function decodeString(token: string): string | null {
  if (!token.includes('\\')) return token.slice(1, -1);
  try {
    return JSON.parse(token) as string;
  } catch {
    return null;
  }
}
