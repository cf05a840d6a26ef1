import { crc32 } from 'node:zlib';

const ALPHABETS: Readonly<Record<string, string>> = {
  hex: '0123456789abcdef',
  HEX: '0123456789ABCDEF',
  digits: '0123456789',
  lower: 'abcdefghijklmnopqrstuvwxyz0123456789',
  UPPER: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789',
  an: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  b64u: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_',
  b64: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
  b32: 'abcdefghijklmnopqrstuvwxyz234567',
  letters: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz',
  // The alphabet of shortuuid: nothing that looks like something else.
  short: '23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz',
  signs: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789!*#_@',
};

export interface Random {
  /** A whole number in [0, below). */
  below(below: number): number;
  pick<Item>(items: readonly Item[]): Item;
  bytes(length: number): Buffer;
  /** Fills `{alphabet:length}` and the named structures (`{uuid}` …) of a template with random text. */
  fill(template: string): string;
}

/** The same sequence for the same seed (mulberry32). */
export function createRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number): number => Math.floor(next() * limit);
  const random: Random = {
    below,
    pick(items) {
      const item = items[below(items.length)];
      if (item === undefined) throw new RangeError('nothing to pick from');
      return item;
    },
    bytes: (length) => Buffer.from(Array.from({ length }, () => below(256))),
    fill: (template) =>
      template.replace(/\{(\w+)(?::(\d+))?\}/g, (_whole, name: string, length?: string) =>
        length === undefined ? structure(name, random) : letters(name, Number(length), random),
      ),
  };
  return random;
}

function letters(name: string, length: number, random: Random): string {
  const alphabet = ALPHABETS[name];
  if (alphabet === undefined) throw new RangeError(`no alphabet ${name}`);
  return Array.from({ length }, () => alphabet.charAt(random.below(alphabet.length))).join('');
}

function uuidBytes(random: Random): Buffer {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  return bytes;
}

function uuid(random: Random): string {
  const hex = uuidBytes(random).toString('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join('-');
}

/** Values with an inner structure, as the vendors build them. */
const STRUCTURES: Readonly<Record<string, (random: Random) => string>> = {
  uuid,
  UUID: (random) => uuid(random).toUpperCase(),
  uuidBytes: (random) => uuidBytes(random).toString('base64url'),
  uuidText: (random) => Buffer.from(uuid(random)).toString('base64'),
  uuidTextPrefix: (random) => Buffer.from(uuid(random).slice(0, 30)).toString('base64'),
  intercom: (random) => Buffer.from(`tok:${uuid(random).replaceAll('-', '_')}:1:0`).toString('base64'),
  bytes64url: (random) => random.bytes(64).toString('base64url'),
  bytes64: (random) => random.bytes(64).toString('base64'),
  bytes128: (random) => random.bytes(128).toString('base64'),
  basic: (random) => Buffer.from(letters('lower', 16, random)).toString('base64'),
  snowflake: (random) =>
    Buffer.from(`${1 + random.below(9)}${letters('digits', 17, random)}`).toString('base64'),
  milliseconds: (random) =>
    (1_640_000_000_000 + random.below(150_000_000) * 1000).toString(16).padStart(12, '0').toUpperCase(),
  checked: (random) => withChecksum(letters('hex', 64, random)),
  chosen: (random) => chosen(16, random),
  twilioToken: (random) =>
    token(random, { cty: 'twilio-fpa;v=1', typ: 'JWT', alg: 'HS256' }, twilioClaims(random)),
  vonageToken: (random) => token(random, { typ: 'JWT', alg: 'RS256' }, vonageClaims(random)),
  pem: pemBody,
};

function structure(name: string, random: Random): string {
  const make = STRUCTURES[name];
  if (make === undefined) throw new RangeError(`no structure ${name}`);
  return make(random);
}

const vonageClaims = (random: Random): object => ({
  iat: 1_767_225_600,
  jti: uuid(random),
  application_id: uuid(random),
  exp: 1_767_229_200,
});

/** Hexadecimal text with its CRC-32 behind it. */
export const withChecksum = (text: string): string => text + crc32(text).toString(16).padStart(8, '0');

/** A vendor insists on a lower-case letter, an upper-case one and a digit. */
function chosen(length: number, random: Random): string {
  const text = letters('an', length, random);
  return /[a-z]/.test(text) && /[A-Z]/.test(text) && /\d/.test(text) ? text : chosen(length, random);
}

function twilioClaims(random: Random): object {
  const key = random.fill('SK{hex:32}');
  const grants = { identity: 'alice', video: { room: 'shop' } };
  return {
    jti: `${key}-1767225600`,
    grants,
    iat: 1_767_225_600,
    exp: 1_767_229_200,
    iss: key,
    sub: random.fill('AC{hex:32}'),
  };
}

/** A JSON web token with a random signature. */
function token(random: Random, header: object, claims: object): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...parts, random.fill('{b64u:43}')].join('.');
}

/** The body of an RSA key of 2048 bits in PKCS#8, in lines of 64; its numbers are random. */
function pemBody(random: Random): string {
  const header = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ';
  const text = header + letters('b64', 1574, random);
  return (text.match(/.{1,64}/g) ?? []).join('\n');
}
