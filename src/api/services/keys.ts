import type { KeyRotation, NewKey } from '../../custody/key-request.ts';
import type { CreatedKey } from '../../custody/virtual-keys.ts';
import type { VirtualKeyRecord } from '../../store/records.ts';

export interface KeyService {
  create(request: NewKey, actor: string): Promise<CreatedKey>;
  /** In order of name; `after`: id of the last one of the page before. */
  page(after: string | null, limit: number): Promise<readonly VirtualKeyRecord[]>;
  /** The key with this id, and all keys that bear this name, revoked ones included. */
  find(reference: string): Promise<readonly VirtualKeyRecord[]>;
  rotate(
    id: string,
    rotation: KeyRotation,
    actor: string,
  ): Promise<CreatedKey & { readonly replaced: VirtualKeyRecord }>;
  /** Replaces the networks that the key may be used from. An empty list: from any. */
  restrict(id: string, networks: readonly string[], actor: string): Promise<VirtualKeyRecord>;
  revoke(id: string, actor: string): Promise<VirtualKeyRecord>;
}
