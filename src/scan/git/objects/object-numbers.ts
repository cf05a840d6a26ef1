import { listLoose, type ObjectStore, type Pack } from './object-store.ts';
import { findOid, hexOf, idsStartingWith, oidAt } from './pack-index.ts';

/** Where an object is stored. */
export type StoredAt =
  | { readonly pack: Pack; readonly position: number }
  | { readonly pack: null; readonly position?: undefined; readonly path: string };

/** Numbers all objects of a store, so that sets of them are bits instead of strings. */
export interface ObjectNumbers {
  readonly count: number;
  /** Number of the first loose object; the rest of the loose follow. */
  readonly firstLoose: number;
  /** Number of the first object of a pack, by its number in the store; the rest of the pack follow as in the index. */
  firstOf(pack: number): number;
  /** Number of the object whose id stands at `at`; -1 when the store does not have it. */
  numberAt(bytes: Uint8Array, at: number): number;
  numberOf(oid: string): number;
  /** The only id that begins so; null when there is none, or more than one. */
  startingWith(start: string): string | null;
  oidOf(number: number): string;
  placeOf(number: number): StoredAt;
}

export function numberObjects({ packs, repository }: ObjectStore): ObjectNumbers {
  const firsts: number[] = [];
  let count = 0;
  for (const { index } of packs) {
    firsts.push(count);
    count += index.count;
  }
  const firstLoose = count;
  const loose = [...listLoose(repository)];
  const looseNumbers = new Map(loose.map(([oid], number) => [oid, firstLoose + number]));
  const packOf = (number: number): number => firsts.findLastIndex((first) => first <= number);
  const numberAt = (bytes: Uint8Array, at: number): number => {
    for (let pack = 0; pack < packs.length; pack++) {
      const position = findOid((packs[pack] as Pack).index, bytes, at);
      if (position >= 0) return (firsts[pack] as number) + position;
    }
    return looseNumbers.size === 0 ? -1 : (looseNumbers.get(hexOf(bytes, at, repository.hashBytes)) ?? -1);
  };
  return {
    count: count + loose.length,
    firstLoose,
    firstOf: (pack) => firsts[pack] as number,
    numberAt,
    numberOf(oid) {
      const id = Buffer.from(oid, 'hex');
      return id.length === repository.hashBytes ? numberAt(id, 0) : -1;
    },
    startingWith(start) {
      const packed = packs.flatMap(({ index }) => idsStartingWith(index, start));
      const found = new Set([...packed, ...loose.map(([oid]) => oid).filter((oid) => oid.startsWith(start))]);
      const [first] = found;
      return found.size === 1 && first !== undefined ? first : null;
    },
    oidOf(number) {
      if (number >= firstLoose) return (loose[number - firstLoose] as [string, string])[0];
      const pack = packOf(number);
      return oidAt((packs[pack] as Pack).index, number - (firsts[pack] as number));
    },
    placeOf(number) {
      if (number >= firstLoose)
        return { pack: null, path: (loose[number - firstLoose] as [string, string])[1] };
      const pack = packOf(number);
      return { pack: packs[pack] as Pack, position: number - (firsts[pack] as number) };
    },
  };
}
