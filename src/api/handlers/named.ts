import { RingfenceError } from '../../kernel/errors.ts';
import { nearest } from '../../kernel/nearest.ts';
import type { VirtualKeyRecord } from '../../store/records.ts';
import type { AdminServices } from '../services/all.ts';

/** Sorts records by name, the order in which people look for them. */
export function byName<T extends { readonly name: string }>(records: readonly T[]): readonly T[] {
  return records.toSorted((a, b) => Number(a.name > b.name) - Number(a.name < b.name));
}

/** The record that a caller named by id or by name. Throws `not_found`. */
export function pick<T extends { readonly id: string; readonly name: string }>(
  what: string,
  records: readonly T[],
  reference: string,
): T {
  const found = records.find(({ id }) => id === reference) ?? records.find(({ name }) => name === reference);
  if (found !== undefined) return found;
  const near = nearest(
    reference,
    records.map(({ name }) => name),
  );
  const advice = near === null ? '.' : `; did you mean ${JSON.stringify(near)}?`;
  throw new RingfenceError('not_found', `There is no ${what} ${JSON.stringify(reference)}${advice}`);
}

type NamedKey = Pick<VirtualKeyRecord, 'id' | 'name' | 'createdAt'> &
  Partial<Pick<VirtualKeyRecord, 'state'>>;

/**
 * The virtual key that a caller named by id or by name. At most one working key has a name, but revoked ones may have borne
 * it before: the working key is preferred, else the one made last. Throws `not_found`.
 */
export function pickKey<T extends NamedKey>(keys: readonly T[], reference: string): T {
  const meant = keys.filter(({ id, name }) => id === reference || name === reference);
  const isRevoked = ({ state }: NamedKey): number => (state === 'revoked' ? 1 : 0);
  const ordered = meant.toSorted((a, b) => isRevoked(a) - isRevoked(b) || b.createdAt - a.createdAt);
  return pick('virtual key', ordered, reference);
}

/** As `pickKey`, among the keys of the store, which looks them up by an index. */
export async function findKey(
  { keys }: Pick<AdminServices, 'keys'>,
  reference: string,
): Promise<VirtualKeyRecord> {
  return pickKey(await keys.find(reference), reference);
}

/** Throws `not_found` for an unknown vendor: a setting for it would silently have no effect. */
export function checkVendor({ vendors }: Pick<AdminServices, 'vendors'>, id: string): void {
  const known = vendors.map((vendor) => vendor.id);
  if (known.includes(id)) return;
  throw new RingfenceError(
    'not_found',
    `There is no vendor ${JSON.stringify(id)}, only ${known.join(', ')}.`,
  );
}
