import type { JournalPoint } from '../kernel/point.ts';
import type { CheckpointRecord } from './records.ts';

/** Ed25519 signature of a text with the deployment's checkpoint key, base64url. */
export type Sign = (text: string) => string;
/** True when `signature` was made over `text` by that key. */
export type IsSigned = (text: string, signature: string) => boolean;

/** At most this many records stand between two checkpoints of an epoch. */
export const CHECKPOINT_EVERY = 1_000;

/** Checkpoint at `point` for the chain whose last hash is `head` (hex). */
export function createCheckpoint(
  sign: Sign,
  point: JournalPoint,
  { at, head }: Pick<CheckpointRecord, 'at' | 'head'>,
): CheckpointRecord {
  return { type: 'checkpoint', at, head, signature: sign(checkpointText(point, { at, head })) };
}

/** What is signed: the head alone would not say whose it is, nor when. */
export function checkpointText(
  { node, epoch, position }: JournalPoint,
  { at, head }: Pick<CheckpointRecord, 'at' | 'head'>,
): string {
  return `ringfence journal checkpoint 1\n${node}\n${epoch}\n${position}\n${at}\n${head}`;
}
