import type { KeyEntry } from './key-entry.ts';

/** Signatures that one token may cost to check. Creating keys stays below it (`virtual-keys.ts`). */
export const MAX_SIGNING_KEYS = 64;

export interface Signers {
  add(entry: KeyEntry): void;
  remove(entry: KeyEntry): void;
  /** The keys that may have signed, at most `MAX_SIGNING_KEYS`. */
  find(vendor: string, publicId: string): readonly KeyEntry[];
}

/** Signing keys by vendor and public id; the order is worked out when it is first asked for. */
export function createSigners(): Signers {
  const groups = new Map<
    string,
    { readonly members: Map<string, KeyEntry>; order: readonly KeyEntry[] | null }
  >();
  const nameOf = (vendor: string, publicId: string | null) => `${vendor} ${publicId ?? ''}`;
  return {
    add(entry) {
      const name = nameOf(entry.vendor, entry.publicId);
      const members = groups.get(name)?.members ?? new Map<string, KeyEntry>();
      groups.set(name, { members: members.set(entry.id, entry), order: null });
    },
    remove(entry) {
      const group = groups.get(nameOf(entry.vendor, entry.publicId));
      if (group?.members.delete(entry.id)) group.order = null;
    },
    find(vendor, publicId) {
      const group = groups.get(nameOf(vendor, publicId));
      if (group === undefined) return [];
      group.order ??= [...group.members.values()].toSorted(byLife).slice(0, MAX_SIGNING_KEYS);
      return group.order;
    },
  };
}

/** Keys that can still be used come first, so that dead ones cannot push them beyond `MAX_SIGNING_KEYS`. */
function byLife(a: KeyEntry, b: KeyEntry): number {
  return (
    Number(a.revoked) - Number(b.revoked) || (a.expiresAt === b.expiresAt ? 0 : b.expiresAt - a.expiresAt)
  );
}
