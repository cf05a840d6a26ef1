import type { Match } from './matcher.ts';
import type { Slice } from './slices.ts';

/** Most results that are remembered, each with its slice of some 600 bytes. */
const PLACES = 16384;
/** Spreads the rules over the places. */
const SPREAD = 0x9e3779b1;

interface Result {
  readonly rule: number;
  readonly text: string;
  readonly found: readonly Match[];
}

/** Remembers what rules have found in slices, because repetitive text and further versions of a file show the same slices again. */
export interface Memory {
  /** What the rule with this number found in such a slice; undefined when that is not remembered. */
  find(rule: number, slice: Slice): readonly Match[] | undefined;
  keep(rule: number, slice: Slice, found: readonly Match[]): void;
}

export function createMemory(): Memory {
  const results: (Result | undefined)[] = Array.from({ length: PLACES });
  const placeOf = (rule: number, slice: Slice): number =>
    ((slice.mark() + Math.imul(rule, SPREAD)) >>> 0) % PLACES;
  return {
    find(rule, slice) {
      const result = results[placeOf(rule, slice)];
      return result?.rule === rule && result.text === slice.text() ? result.found : undefined;
    },
    keep(rule, slice, found) {
      results[placeOf(rule, slice)] = { rule, text: slice.text(), found };
    },
  };
}
