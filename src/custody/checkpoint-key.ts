import { createPrivateKey, createPublicKey, sign, verify, type KeyObject } from 'node:crypto';
import type { RandomBytes } from '../kernel/random.ts';
import { Secret } from '../kernel/secret.ts';
import type { SettingStore } from '../store/ports.ts';
import type { Sealer } from './sealing/sealer.ts';

export const CHECKPOINT_KEY_SETTING = 'journal.checkpointKey';
/** PKCS #8 of an Ed25519 key up to its 32 byte seed (RFC 8410, 7). */
const PKCS8_HEAD = Buffer.from('302e020100300506032b657004220420', 'hex');

/** Signs the heads of the journal's chain. The private key does not leave this object. */
export interface CheckpointKey {
  /** Ed25519 signature of the head's text, base64url. */
  sign(head: string): string;
  /** SPKI in PEM, for whoever verifies the journal elsewhere. */
  readonly publicKey: string;
}

export interface CheckpointKeyOptions {
  readonly settings: SettingStore;
  /** Of purpose `setting`. */
  readonly sealer: Sealer;
  readonly random: RandomBytes;
}

/** The deployment's checkpoint key; made and sealed into the settings on first start. */
export async function loadOrCreateCheckpointKey({
  settings,
  sealer,
  random,
}: CheckpointKeyOptions): Promise<CheckpointKey> {
  const sealed = await settings.get(CHECKPOINT_KEY_SETTING);
  if (sealed !== null) return openCheckpointKey(sealed, sealer);
  const made = sealer.seal({ seed: new Secret(random(32).toString('base64url')) }, CHECKPOINT_KEY_SETTING);
  await settings.put(CHECKPOINT_KEY_SETTING, made);
  return openCheckpointKey(made, sealer);
}

/** The same from the sealed text, for processes that do not have the store. */
export function openCheckpointKey(sealed: string, sealer: Sealer): CheckpointKey {
  const { seed } = sealer.open(sealed, CHECKPOINT_KEY_SETTING);
  const bytes = Buffer.concat([PKCS8_HEAD, Buffer.from(seed?.reveal() ?? '', 'base64url')]);
  const privateKey = createPrivateKey({ key: bytes, format: 'der', type: 'pkcs8' });
  const publicKey = createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString();
  return Object.freeze({
    sign: (head: string) => sign(null, Buffer.from(head), privateKey).toString('base64url'),
    publicKey,
  });
}

/** True when `signature` was made by the checkpoint key over `head`. */
export function verifyCheckpoint(head: string, signature: string, publicKey: string | KeyObject): boolean {
  return verify(null, Buffer.from(head), publicKey, Buffer.from(signature, 'base64url'));
}
