import type { Runs } from './delta.ts';
import { addInt, createIntList, type IntList } from './int-list.ts';

const SPACE = 32;
const FOLDER_MODE = 0x34; // '4' of 40000
const MODE_LENGTH = 5;

/** Where the entries of a tree end, and what they name: a number, or -1 for what does not matter. */
export interface TreeTable {
  readonly ends: IntList;
  readonly held: IntList;
}

export const createTreeTable = (): TreeTable => ({ ends: createIntList(), held: createIntList() });

/** A tree in a memory. */
export interface TreeBytes {
  readonly bytes: Uint8Array;
  readonly at: number;
  readonly size: number;
}

/** Where a derived tree is written to; the change is added to what stands there. */
export interface DerivedTree {
  readonly into: TreeTable;
  readonly change: TreeChange;
}

/** What a delta has changed: numbers of objects, with repetitions. */
export interface TreeChange {
  readonly added: IntList;
  readonly removed: IntList;
}

/** Number of the object whose id stands at `idAt`; -1 when it does not matter. */
export type Numbering = (bytes: Uint8Array, idAt: number, isFolder: boolean) => number;

/** Reads what trees hold. */
export interface TreeReader {
  /** Reads all entries. A malformed one is the end. */
  whole(tree: TreeBytes, into: TreeTable): void;
  /** The same as `whole`, but reads only those entries that the delta has not copied from the base. */
  derived(tree: TreeBytes, from: { readonly base: TreeTable; readonly runs: Runs }, to: DerivedTree): void;
}

export function createTreeReader(hashBytes: number, numberOf: Numbering): TreeReader {
  /** Reads the entry that begins at `place`; gives its end, or -1 when it is malformed. */
  const readEntry = ({ bytes, at, size }: TreeBytes, place: number, into: TreeTable): number => {
    const end = at + size;
    const start = at + place;
    let next = start;
    while (next < end && bytes[next] !== SPACE) next++;
    const isFolder = next === start + MODE_LENGTH && bytes[start] === FOLDER_MODE;
    next++;
    while (next < end && bytes[next] !== 0) next++;
    const idAt = next + 1;
    if (idAt + hashBytes > end) return -1;
    addInt(into.ends, idAt + hashBytes - at);
    addInt(into.held, numberOf(bytes, idAt, isFolder));
    return idAt + hashBytes - at;
  };
  const clear = ({ ends, held }: TreeTable): void => {
    ends.length = 0;
    held.length = 0;
  };
  return {
    whole(tree, into) {
      clear(into);
      for (let place = 0; place >= 0 && place < tree.size;) place = readEntry(tree, place, into);
    },
    derived(tree, { base, runs }, { into, change }) {
      clear(into);
      const cursor = { run: 0, entry: 0 };
      for (let place = 0; place >= 0 && place < tree.size;) {
        const copied = copyEntries(place, { base, runs, cursor, into, removed: change.removed });
        if (copied > place) place = copied;
        else {
          place = readEntry(tree, place, into);
          if (place >= 0) addKnown(change.added, into.held.values[into.held.length - 1] as number);
        }
      }
      remove(base, cursor.entry, base.ends.length, change.removed);
    },
  };
}

interface Copying {
  readonly base: TreeTable;
  readonly runs: Runs;
  /** First run that does not end before the place, and first entry of the base that was not copied. */
  readonly cursor: { run: number; entry: number };
  readonly into: TreeTable;
  readonly removed: IntList;
}

/**
 * Copies the entries that lie whole in the run at `place`, if it copies from where one of the base begins that was not
 * passed yet. Gives the end of the last, or `place` when there is none.
 */
function copyEntries(place: number, { base, runs, cursor, into, removed }: Copying): number {
  const { table, count } = runs;
  let run = cursor.run;
  while (run < count && (table[3 * run] as number) + (table[3 * run + 2] as number) <= place) run++;
  cursor.run = run;
  const start = table[3 * run] as number;
  if (run === count || start > place) return place;
  const shift = start - (table[3 * run + 1] as number);
  const ends = base.ends.values;
  const { length } = base.ends;
  let first = cursor.entry;
  while (first < length && (first === 0 ? 0 : (ends[first - 1] as number)) < place - shift) first++;
  if (first === length || (first === 0 ? 0 : ends[first - 1]) !== place - shift) return place;
  const end = start + (table[3 * run + 2] as number) - shift;
  let next = first;
  for (; next < length && (ends[next] as number) <= end; next++) {
    addInt(into.ends, (ends[next] as number) + shift);
    addInt(into.held, base.held.values[next] as number);
  }
  if (next === first) return place;
  remove(base, cursor.entry, first, removed);
  cursor.entry = next;
  return (ends[next - 1] as number) + shift;
}

function remove({ held }: TreeTable, from: number, to: number, removed: IntList): void {
  for (let entry = from; entry < to; entry++) addKnown(removed, held.values[entry] as number);
}

const addKnown = (list: IntList, number: number): void => {
  if (number >= 0) addInt(list, number);
};
