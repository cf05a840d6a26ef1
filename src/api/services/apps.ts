import type { AppRecord } from '../../store/records.ts';

export interface AppService {
  create(name: string, actor: string): Promise<AppRecord>;
  list(): Promise<readonly AppRecord[]>;
  /** Removes the app. Throws `conflict` while it has working keys, unless the caller asked to revoke them. */
  remove(
    app: Pick<AppRecord, 'id' | 'name'>,
    options: { readonly revokeKeys: boolean },
    actor: string,
  ): Promise<RemovedApp>;
}

export interface RemovedApp {
  /** Ids of the keys that were revoked with it. */
  readonly revoked: readonly string[];
  /** Sentences that name what still refers to the app. */
  readonly warnings: readonly string[];
}
