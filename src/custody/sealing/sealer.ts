import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { RingfenceError } from '../../kernel/errors.ts';
import type { RandomBytes } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';
import type { KeyRing } from './key-ring.ts';

const FORMAT = 'rfs1';
const NONCE = 12;
const TAG = 16;
const DATA_KEY = 32;

export type Secrets = Readonly<Record<string, Secret>>;

/** What a sealed text belongs to. A text moved to another record or another use does not open. */
export type Purpose = 'account' | 'key' | 'setting';

/** What stands in clear beside a sealed text and must not change without it, in a fixed order. */
export type Bound = readonly string[];

/** Seals secrets for one purpose. There is no operation that prints what was sealed. */
export interface Sealer {
  /** Text of the form `rfs1.<ring key>.<wrapped data key>.<body>`. */
  seal(secrets: Secrets, recordId: string, bound?: Bound): string;
  /**
   * Throws `key_ring_missing` when the ring lacks the key, `verify_failed` when the text was changed or moved, or what it
   * is bound to was changed.
   */
  open(text: string, recordId: string, bound?: Bound): Secrets;
  /** The same secrets under the newest ring key; null when they already are. The body is not touched. */
  rewrap(text: string, recordId: string): string | null;
}

export interface SealerOptions {
  readonly keyRing: KeyRing;
  readonly random: RandomBytes;
  readonly purpose: Purpose;
}

/**
 * Envelope encryption: each sealing has its own 256-bit data key (AES-256-GCM, NIST SP 800-38D), wrapped by a ring
 * key. Purpose and record id are associated data of both layers, what is bound is of the body's.
 */
export function createSealer({ keyRing, random, purpose }: SealerOptions): Sealer {
  const bodyContext = (recordId: string, bound: Bound) => context('body', purpose, recordId, ...bound);
  const wrapContext = (recordId: string, name: string) => context('wrap', purpose, recordId, name);

  function wrap(dataKey: Buffer, recordId: string): string {
    const name = keyRing.newest;
    const wrapped = encrypt(ringKey(keyRing, name), dataKey, wrapContext(recordId, name), random(NONCE));
    return `${FORMAT}.${name}.${wrapped}`;
  }

  function unwrap({ name, wrapped }: Parts, recordId: string): Buffer {
    return decrypt(ringKey(keyRing, name), wrapped, wrapContext(recordId, name), recordId);
  }

  return Object.freeze({
    seal(secrets: Secrets, recordId: string, bound: Bound = []) {
      const plain = Object.entries(secrets).map(([name, secret]) => [name, secret.reveal()] as const);
      const dataKey = random(DATA_KEY);
      const text = Buffer.from(JSON.stringify(Object.fromEntries(plain)));
      const body = encrypt(createSecretKey(dataKey), text, bodyContext(recordId, bound), random(NONCE));
      const sealed = `${wrap(dataKey, recordId)}.${body}`;
      dataKey.fill(0);
      text.fill(0);
      return sealed;
    },
    open(text: string, recordId: string, bound: Bound = []) {
      const parts = split(text, recordId);
      const dataKey = unwrap(parts, recordId);
      const plain = decrypt(createSecretKey(dataKey), parts.body, bodyContext(recordId, bound), recordId);
      dataKey.fill(0);
      const fields = JSON.parse(plain.toString()) as Record<string, string>;
      plain.fill(0);
      return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, new Secret(value)]));
    },
    rewrap(text: string, recordId: string) {
      const parts = split(text, recordId);
      if (parts.name === keyRing.newest) return null;
      const dataKey = unwrap(parts, recordId);
      const sealed = `${wrap(dataKey, recordId)}.${parts.body}`;
      dataKey.fill(0);
      return sealed;
    },
  });
}

interface Parts {
  readonly name: string;
  readonly wrapped: string;
  readonly body: string;
}

function split(text: string, recordId: string): Parts {
  const [format, name, wrapped, body, ...rest] = text.split('.');
  if (
    format !== FORMAT ||
    name === undefined ||
    wrapped === undefined ||
    body === undefined ||
    rest.length > 0
  )
    throw new RingfenceError('verify_failed', `The sealed text of ${recordId} has an unknown form.`);
  return { name, wrapped, body };
}

/** JSON keeps the parts apart: no record id can be read as a purpose. */
function context(...parts: readonly string[]): Buffer {
  return Buffer.from(JSON.stringify([FORMAT, ...parts]));
}

function ringKey(keyRing: KeyRing, name: string): KeyObject {
  const key = keyRing.key(name);
  if (key === null) throw new RingfenceError('key_ring_missing', `The key ring lacks the key ${name}.`);
  return key;
}

function encrypt(key: KeyObject, plain: Buffer, aad: Buffer, nonce: Buffer): string {
  const cipher = createCipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
  cipher.setAAD(aad);
  return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  );
}

function decrypt(key: KeyObject, text: string, aad: Buffer, recordId: string): Buffer {
  const bytes = Buffer.from(text, 'base64url');
  try {
    const nonce = bytes.subarray(0, NONCE);
    const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: TAG });
    decipher.setAAD(aad);
    decipher.setAuthTag(bytes.subarray(-TAG));
    return Buffer.concat([decipher.update(bytes.subarray(NONCE, -TAG)), decipher.final()]);
  } catch (cause) {
    const message = `The sealed text of ${recordId} was changed, or belongs to other settings or another record.`;
    throw new RingfenceError('verify_failed', message, { cause });
  }
}
