import type { AccountTest, NewAccount } from '../../custody/accounts.ts';
import type { RotationRecord } from '../../custody/rotation/record.ts';
import type { RotationRequest } from '../../custody/rotation/rotations.ts';
import type { RekeyReport } from '../../custody/sealing/rekey.ts';
import type { AccountRecord } from '../../store/records.ts';

export interface AccountService {
  seal(request: NewAccount, actor: string): Promise<AccountRecord>;
  list(): Promise<readonly AccountRecord[]>;
  test(id: string, actor: string): Promise<AccountTest>;
  reseal(id: string, values: Readonly<Record<string, string>>, actor: string): Promise<AccountRecord>;
  /** Removes the account. Returns warnings: sentences that name what still refers to it. */
  remove(account: Pick<AccountRecord, 'id' | 'name'>, actor: string): Promise<readonly string[]>;
  /** Begins a rotation, or continues one that has halted. If the vendor has no API for it, returns the steps for a person. */
  rotate(request: Omit<RotationRequest, 'actor'>, actor: string): Promise<RotationStart>;
  rotation(id: string): Promise<RotationView | null>;
  rotations(): Promise<readonly RotationView[]>;
  /** Re-wraps accounts, keys and settings to the newest key of the ring that the gateway has read. */
  rekey(actor: string): Promise<Rekeyed>;
}

export interface Rekeyed extends RekeyReport {
  readonly ringKey: string;
  /** Name of a newer key that was added to the ring since the gateway read it; null when there is none. */
  readonly unread: string | null;
}

export interface RotationView extends RotationRecord {
  readonly state: 'running' | 'halted' | 'done' | 'rolled-back';
}

export interface RotationStart {
  readonly rotation: RotationView | null;
  readonly guide: readonly string[];
}
