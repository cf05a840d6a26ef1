import type { AppRecord, KillRecord, VirtualKeyRecord } from '../../store/records.ts';

export interface KillTarget extends Pick<AppRecord, 'id' | 'name' | 'createdAt'> {
  /** Present for keys only. */
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
  /** Candidates for `reference` (an id or a name) in a scope; there may be others among them. Works while the store is away. */
  targets(scope: 'app' | 'account' | 'key', reference: string): Promise<readonly KillTarget[]>;
  /** Returns when the kill is in force in every data-plane process, whether the store has taken it or not. */
  put(kill: Pick<KillRecord, 'scope' | 'target' | 'reason'>, actor: string): Promise<KillView>;
  list(): Promise<readonly KillView[]>;
  /** Returns false when there is no such kill switch. Throws `store_unavailable`, and then the switch stays on. */
  lift(id: string, actor: string): Promise<boolean>;
}
