import { sign, verify } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import type { JournalPoint } from '../store/records.ts';
import type { CheckpointRecord } from './records.ts';

/** Signs a message with the deployment's Ed25519 key. */
export type Signer = (message: Buffer) => Buffer;

/** At most this many records stand between two checkpoints of an epoch. */
export const CHECKPOINT_EVERY = 1_000;

export function createSigner(privateKey: KeyObject): Signer {
  return (message) => sign(null, message, privateKey);
}

/** Checkpoint at `point` for the chain whose last hash is `head` (hex). */
export function createCheckpoint(
  signer: Signer,
  point: JournalPoint,
  { at, head }: { readonly at: number; readonly head: string },
): CheckpointRecord {
  const signature = signer(checkpointMessage(point, at, head)).toString('base64url');
  return { type: 'checkpoint', at, head, signature };
}

export function isSigned(record: CheckpointRecord, point: JournalPoint, publicKey: KeyObject): boolean {
  const message = checkpointMessage(point, record.at, record.head);
  return verify(null, message, publicKey, Buffer.from(record.signature, 'base64url'));
}

function checkpointMessage({ node, epoch, position }: JournalPoint, at: number, head: string): Buffer {
  return Buffer.from(`ringfence journal checkpoint 1\n${node}\n${epoch}\n${position}\n${at}\n${head}`);
}
