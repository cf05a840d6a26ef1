import type { Runs } from '../delta.ts';
import { addInt, appendShifted, createIntList, type IntList } from './int-list.ts';

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
      const copying = { base, runs, run: 0, looked: 0, passed: 0, into, removed: change.removed };
      for (let place = 0; place >= 0 && place < tree.size;) {
        const copied = copyEntries(place, copying);
        if (copied > place) place = copied;
        else {
          place = readEntry(tree, place, into);
          if (place >= 0) addKnown(change.added, into.held.values[into.held.length - 1] as number);
        }
      }
      remove(base, copying.passed, base.ends.length, change.removed);
    },
  };
}

interface Copying {
  readonly base: TreeTable;
  readonly runs: Runs;
  /** First run that does not end before the place. */
  run: number;
  /** First entry of the base that was not looked at; none is looked at twice. */
  looked: number;
  /** First entry of the base that was neither copied nor removed. */
  passed: number;
  readonly into: TreeTable;
  readonly removed: IntList;
}

/**
 * Copies the entries that lie whole in the run at `place`, if it copies from where one of the base begins that was not
 * passed yet. Gives the end of the last, or `place` when there is none.
 */
function copyEntries(place: number, copying: Copying): number {
  const { base, runs, into } = copying;
  const { table, count } = runs;
  let run = 3 * copying.run;
  while (run < 3 * count && (table[run] as number) + (table[run + 2] as number) <= place) run += 3;
  copying.run = run / 3;
  const start = table[run] as number;
  if (run === 3 * count || start > place) return place;
  const shift = start - (table[run + 1] as number);
  const ends = base.ends.values;
  const { length } = base.ends;
  let first = copying.looked;
  while (first < length && startOf(ends, first) < place - shift) first++;
  copying.looked = first;
  if (first === length || startOf(ends, first) !== place - shift) return place;
  const next = endOf(base.ends, first, start + (table[run + 2] as number) - shift);
  if (next === first) return place;
  appendShifted(into.ends, base.ends, { from: first, to: next, shift });
  appendShifted(into.held, base.held, { from: first, to: next, shift: 0 });
  remove(base, copying.passed, first, copying.removed);
  copying.looked = next;
  copying.passed = next;
  return (ends[next - 1] as number) + shift;
}

const startOf = (ends: Int32Array, entry: number): number => (entry === 0 ? 0 : (ends[entry - 1] as number));

/** First entry from `first` on that does not end within `end`. */
function endOf({ values, length }: IntList, first: number, end: number): number {
  if ((values[length - 1] as number) <= end) return length;
  let next = first;
  while ((values[next] as number) <= end) next++;
  return next;
}

function remove({ held }: TreeTable, from: number, to: number, removed: IntList): void {
  for (let entry = from; entry < to; entry++) addKnown(removed, held.values[entry] as number);
}

const addKnown = (list: IntList, number: number): void => {
  if (number >= 0) addInt(list, number);
};
