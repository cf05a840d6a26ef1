import type { AppRecord } from '../../store/records.ts';

export interface AppService {
  create(name: string, actor: string): Promise<AppRecord>;
  list(): Promise<readonly AppRecord[]>;
  /** Throws `conflict` while keys of the app are in use, unless they are to be revoked. */
  remove(
    app: Pick<AppRecord, 'id' | 'name'>,
    options: { readonly revokeKeys: boolean },
    actor: string,
  ): Promise<RemovedApp>;
}

export interface RemovedApp {
  /** Ids of keys. */
  readonly revoked: readonly string[];
  /** What still names the app, in words. */
  readonly warnings: readonly string[];
}
