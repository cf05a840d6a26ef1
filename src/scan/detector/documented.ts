const LENGTH = 20;

/**
 * Values that vendors and tutorials have published as examples: the first 20 hexadecimal digits of the SHA-256 of the
 * value in lower case. They work nowhere, and are copied everywhere.
 */
const DOCUMENTED: ReadonlySet<string> = new Set([
  // github.com/AgoraIO/Tools, samples and tests
  '9ac92439b7e3fd3c86eb',
  '28db98c32cddb80cff3a',
  'fae554ba213336b5437b',
  // Examples of the rules of semgrep.dev, from SendGrid’s manual
  'a870ea9dabba5567fb65',
  '8a7edafde9a8d510f286',
  // github.com/caronc/apprise, address of a webhook
  'a629e1f5e0d65f4ea19f',
  // The private key of the examples of jwt.io, with the three lengths that it goes about with
  '22dde1d43b2c04ec3d76',
  '615660fb1254cbde9361',
  '8e02206c6deb3e4988c7',
]);

/** True for a published example, in any letter case. Loads `node:crypto` only when called, which most scans never do. */
export function isDocumented(value: string): boolean {
  const { createHash } = process.getBuiltinModule('node:crypto');
  return DOCUMENTED.has(createHash('sha256').update(value.toLowerCase()).digest('hex').slice(0, LENGTH));
}
