import { createSecretKey, hkdfSync, type KeyObject } from 'node:crypto';
import { RingfenceError } from '../../kernel/errors.ts';
import type { RandomBytes } from '../../kernel/random.ts';

const KEY_LENGTH = 32;
const NAME = /^[a-z0-9-]{1,40}$/;
const MAX_RING_BYTES = 64 * 1024;

/** What is derived from the root secret, which stays the same when ring keys are replaced. */
export type DerivedKey = 'index' | 'fingerprint' | 'probe';

/** Opened key ring: several named 256-bit keys. The newest seals, all of them open. */
export interface KeyRing {
  readonly newest: string;
  readonly names: readonly string[];
  /** Null when the ring does not hold that key. */
  key(name: string): KeyObject | null;
  /** HKDF-SHA256 (RFC 5869) of the root secret. The same for the life of the deployment. */
  derive(purpose: DerivedKey): KeyObject;
}

/** The ring as it is kept: JSON text, keys oldest first, all bytes base64url. */
interface RingText {
  readonly version: 1;
  readonly root: string;
  readonly keys: readonly { readonly name: string; readonly key: string }[];
}

/** Opens the text of a key ring. Throws `key_ring_missing` that tells what is wrong and holds nothing of the ring. */
export function createKeyRing(text: string): KeyRing {
  const ring = parseRing(text);
  const keys = new Map(ring.keys.map(({ name, key }) => [name, toKey(key, `key ${name}`)]));
  const root = toKey(ring.root, 'root');
  const names = Object.freeze([...keys.keys()]);
  const newest = names.at(-1);
  if (newest === undefined) throw broken('it holds no key');
  if (keys.size !== ring.keys.length) throw broken('two keys have the same name');
  return Object.freeze({
    newest,
    names,
    key: (name: string) => keys.get(name) ?? null,
    derive: (purpose: DerivedKey) =>
      createSecretKey(Buffer.from(hkdfSync('sha256', root, '', `ringfence ${purpose} 1`, KEY_LENGTH))),
  });
}

/** Text of a new key ring with one key. Whoever has it opens everything: keep it apart from the data. */
export function generateKeyRing({ random, now }: RingSources): string {
  const root = random(KEY_LENGTH).toString('base64url');
  return print({ version: 1, root, keys: [newKey({ random, now })] });
}

/** Text of the same ring with a newer key, which seals from now on; run `rekey` before dropping the old ones. */
export function addRingKey(text: string, sources: RingSources): string {
  const ring = parseRing(text);
  return print({ ...ring, keys: [...ring.keys, newKey(sources)] });
}

/** Text of the ring with its newest key alone. What only older keys open is lost: `rekey` must have reported nothing left. */
export function dropOldRingKeys(text: string): string {
  const ring = parseRing(text);
  return print({ ...ring, keys: ring.keys.slice(-1) });
}

export interface RingSources {
  readonly random: RandomBytes;
  /** Wall milliseconds; the date becomes part of the key's name. */
  readonly now: number;
}

function newKey({ random, now }: RingSources): RingText['keys'][number] {
  const date = new Date(now).toISOString().slice(0, 10);
  return { name: `${date}-${random(4).toString('hex')}`, key: random(KEY_LENGTH).toString('base64url') };
}

function print(ring: RingText): string {
  return `${JSON.stringify(ring, null, 2)}\n`;
}

function parseRing(text: string): RingText {
  if (text.length > MAX_RING_BYTES) throw broken('it is too long');
  const ring = parseJson(text);
  if (ring?.version !== 1) throw broken('it is not the JSON text of a version 1 key ring');
  if (typeof ring.root !== 'string' || !Array.isArray(ring.keys)) throw broken('`root` or `keys` is missing');
  for (const entry of ring.keys as readonly { readonly name?: unknown; readonly key?: unknown }[]) {
    if (typeof entry?.name !== 'string' || typeof entry.key !== 'string' || !NAME.test(entry.name))
      throw broken('an entry of `keys` lacks a valid `name` or `key`');
  }
  return ring as RingText;
}

function parseJson(text: string): Partial<RingText> | null {
  try {
    return JSON.parse(text) as Partial<RingText> | null;
  } catch {
    return null; // The parser's message quotes the text, which is a secret.
  }
}

function toKey(text: string, what: string): KeyObject {
  const bytes = Buffer.from(text, 'base64url');
  if (bytes.length !== KEY_LENGTH) throw broken(`${what} is not 32 bytes in base64url`);
  return createSecretKey(bytes);
}

function broken(why: string): RingfenceError {
  return new RingfenceError('key_ring_missing', `The key ring cannot be used: ${why}.`);
}
