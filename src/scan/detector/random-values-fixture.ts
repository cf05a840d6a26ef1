/** Seeded values in the forms of real credentials: each test run sees the same ones. */

const DIGITS = '0123456789';
const LOWER = 'abcdefghijklmnopqrstuvwxyz';
const ALPHANUMERIC = DIGITS + LOWER + LOWER.toUpperCase();
const URL_SAFE = `${ALPHANUMERIC}-_`;
const HEX = `${DIGITS}abcdef`;

/** SplitMix32. */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = Math.imul(state ^ (state >>> 16), 0x21f0aaad);
    mixed = Math.imul(mixed ^ (mixed >>> 15), 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
}

function createWriter(next: () => number) {
  const draw = (alphabet: string, length: number): string =>
    Array.from({ length }, () => alphabet.charAt(Math.floor(next() * alphabet.length))).join('');
  const uuid = (): string =>
    [draw(HEX, 8), draw(HEX, 4), `4${draw(HEX, 3)}`, draw('89ab', 1) + draw(HEX, 3), draw(HEX, 12)].join('-');
  const bytes = (length: number): Buffer => Buffer.from(draw(HEX, 2 * length), 'hex');
  return { draw, uuid, bytes };
}

/** For each form a maker of random values. */
export function valueForms(next: () => number): Readonly<Record<string, () => string>> {
  const { draw, uuid, bytes } = createWriter(next);
  return {
    'hex of 8': () => draw(HEX, 8),
    'hex of 24': () => draw(HEX, 24),
    'hex of 32': () => draw(HEX, 32),
    'hex of 40': () => draw(HEX, 40),
    'hex of 64': () => draw(HEX, 64),
    'upper hex of 32': () => draw(HEX, 32).toUpperCase(),
    'letters and digits, 8': () => draw(ALPHANUMERIC, 8),
    'letters and digits, 16': () => draw(ALPHANUMERIC, 16),
    'letters and digits, 25': () => draw(ALPHANUMERIC, 25),
    'letters and digits, 32': () => draw(ALPHANUMERIC, 32),
    'letters and digits, 43': () => draw(ALPHANUMERIC, 43),
    'letters and digits, 91': () => draw(ALPHANUMERIC, 91),
    'lower letters and digits, 20': () => draw(DIGITS + LOWER, 20),
    'lower letters and digits, 64': () => draw(DIGITS + LOWER, 64),
    'letters alone, 22': () => draw(LOWER + LOWER.toUpperCase(), 22),
    'lower letters alone, 16': () => draw(LOWER, 16),
    'base64url of 22': () => draw(URL_SAFE, 22),
    'base64url of 43': () => draw(URL_SAFE, 43),
    'base64url of 86': () => draw(URL_SAFE, 86),
    'base64 of 64 bytes': () => bytes(64).toString('base64'),
    'base32 of 103': () => draw(`${LOWER}234567`, 103),
    UUID: uuid,
    'upper UUID': () => uuid().toUpperCase(),
    'UUID in base64': () => Buffer.from(uuid()).toString('base64'),
    'beginning of a UUID in base64': () => Buffer.from(uuid().slice(0, 30)).toString('base64'),
    'prefix and hex': () => `atsk_${draw(HEX, 72)}`,
    'prefix and words before two UUIDs': () => `gcntfy-my-team-${uuid()}-${uuid()}`,
    'two parts': () => `SG.${draw(URL_SAFE, 22)}.${draw(URL_SAFE, 43)}`,
    'hex and letters': () => `xkeysib-${draw(HEX, 64)}-${draw(ALPHANUMERIC, 16)}`,
    'prefix, hex and letters': () => `KEY${draw(HEX, 32).toUpperCase()}_${draw(ALPHANUMERIC, 22)}`,
    'letters before hex': () => `PT${draw(HEX, 48)}`,
    'hex and UUID': () => `${draw(HEX, 32)}-${uuid()}`,
    'digits and letters': () => `${draw(DIGITS, 10)}:AA${draw(URL_SAFE, 33)}`,
    'digits, digits and letters': () =>
      `xoxb-${draw(DIGITS, 12)}-${draw(DIGITS, 13)}-${draw(ALPHANUMERIC, 24)}`,
    'test key': () => `test_${draw(ALPHANUMERIC, 25)}`,
    'three parts of a path': () =>
      `T${draw(ALPHANUMERIC.toUpperCase(), 8)}/B${draw(DIGITS, 8)}/${draw(ALPHANUMERIC, 24)}`,
  };
}
