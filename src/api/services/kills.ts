import type { AppRecord, KillRecord, VirtualKeyRecord } from '../../store/records.ts';

export interface KillTarget extends Pick<AppRecord, 'id' | 'name' | 'createdAt'> {
  /** Of keys. */
  readonly state?: VirtualKeyRecord['state'];
}

/** A kill switch that is in force. */
export interface KillView extends KillRecord {
  /**
   * Where it would be found after a restart. `disk`: in a file of the gateway until the store takes it; `memory`: neither
   * store nor disk has taken it yet.
   */
  readonly kept: 'store' | 'disk' | 'memory';
}

export interface KillService {
  /** What `reference`, an id or a name, can mean in a scope, among others; known also while the store is away. */
  targets(scope: 'app' | 'account' | 'key', reference: string): Promise<readonly KillTarget[]>;
  /** Returns when the kill is in force in every data-plane process, whether the store has taken it or not. */
  put(kill: Pick<KillRecord, 'scope' | 'target' | 'reason'>, actor: string): Promise<KillView>;
  list(): Promise<readonly KillView[]>;
  /** Throws `store_unavailable`, and then it stays on. */
  lift(id: string, actor: string): Promise<boolean>;
}
