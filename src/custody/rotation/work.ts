import type { RandomBytes } from '../../kernel/random.ts';
import { Secret } from '../../kernel/secret.ts';
import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { FieldValues, SecretRotation } from '../../vendors/management-adapter.ts';
import type { Candidates } from '../candidate.ts';
import type { RotationRecord } from './record.ts';
import type { VendorLine } from './vendor-calls.ts';

/** One rotation at work. */
export interface Work {
  readonly rotation: SecretRotation;
  readonly line: VendorLine;
  /** The account as the gateway uses it now. */
  current(): Promise<OpenAccount>;
  readonly candidates: Candidates;
  /** The account as it was before the switch. */
  readonly previous: Candidates;
  /** Puts the candidate in use; resolves when every data-plane process has it. */
  commit(): Promise<void>;
  /** Answers 401 that the vendor has given to apps of this account so far. */
  refusals(): Promise<number>;
  /** Journals and stores the next state. Nothing is done at the vendor before its phase is stored. */
  advance(record: RotationRecord, change: Change): Promise<RotationRecord>;
  readonly random: RandomBytes;
  readonly now: () => number;
  readonly sleep: (milliseconds: number) => Promise<void>;
}

export type Change = Partial<Omit<RotationRecord, 'steps'>> & { readonly note?: string };

/** It cannot go on by itself: a person must look. The state stays as it is, and asking again takes it up. */
export class Halt extends Error {
  override readonly name = 'Halt';
}

/** Name under which the vendor shows the new credential, and by which we find it again. */
export function labelOf({ id }: Pick<RotationRecord, 'id'>): string {
  return `Ringfence ${id}`;
}

/** The account with some values replaced. */
export function merge({ fields, secrets }: OpenAccount, values: FieldValues): OpenAccount {
  const entries = Object.entries(values);
  const isSecret = (entry: readonly [string, string | Secret]): entry is [string, Secret] =>
    entry[1] instanceof Secret;
  const isPublic = (entry: readonly [string, string | Secret]): entry is [string, string] =>
    typeof entry[1] === 'string';
  return {
    fields: { ...fields, ...Object.fromEntries(entries.filter(isPublic)) },
    secrets: { ...secrets, ...Object.fromEntries(entries.filter(isSecret)) },
  };
}
