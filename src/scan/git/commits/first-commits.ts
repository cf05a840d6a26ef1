import { addInt, createIntList } from './int-list.ts';
import type { TreeHolders } from './tree-holders.ts';

const UNKNOWN = -2;
const NONE = -1;

/** Trees that are waiting at most, 256 MiB: more than all of a history, but for one that was made up. */
const MOST_HELD = 1 << 26;

/** An object whose holders are being looked at; they stand in the list of all from `start` on. */
interface Step {
  readonly number: number;
  readonly start: number;
  rank: number;
}

/**
 * For each of the objects, and of the trees that hold it, the least rank of the trees above it, or its own; -1 when none has
 * one. `onCut` is called when some of them were left out. `ranks` holds the ranks of those trees that have one of their own, and -1 for the others.
 */
export function leastRanks(
  holders: TreeHolders,
  ranks: Int32Array,
  objects: Iterable<number>,
  onCut: () => void,
): Int32Array {
  const least = new Int32Array(ranks.length).fill(UNKNOWN);
  const held = createIntList();
  const steps: Step[] = [];
  const begin = (number: number): void => {
    // What is above itself, which only made-up ids can say, is nothing to itself.
    least[number] = NONE;
    steps.push({ number, start: held.length, rank: ranks[number] as number });
    holders.visit(number, (tree) => {
      if (held.length < MOST_HELD) addInt(held, tree);
      else onCut();
    });
  };
  const end = (step: Step): void => {
    least[step.number] = step.rank;
    steps.pop();
  };
  const goOn = (step: Step): void => {
    while (held.length > step.start) {
      const tree = held.values[held.length - 1] as number;
      if (least[tree] === UNKNOWN) {
        begin(tree);
        return;
      }
      held.length--;
      step.rank = lesser(step.rank, least[tree] as number);
    }
    end(step);
  };
  for (const object of objects) {
    if (object < 0 || least[object] !== UNKNOWN) continue;
    begin(object);
    for (let step = steps.at(-1); step !== undefined; step = steps.at(-1)) goOn(step);
  }
  return least;
}

const lesser = (one: number, other: number): number => {
  if (one < 0 || other < 0) return Math.max(one, other);
  return Math.min(one, other);
};
