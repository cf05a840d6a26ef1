import { addInt, createIntList, type IntList } from './int-list.ts';
import type { TreeChange, TreeTable } from './tree-table.ts';

/** What a tree that was not read, or has nothing from its base, has lost of it: all. */
const UNREAD = 0;
const DETACHED = -1;
/** Numbers that are kept at most, 256 MiB. What is in further trees has no known commit, which is told. */
const MOST_KEPT = 1 << 26;
/** A tree with more changes is recorded whole: comparing them with what was there costs their product. */
const MOST_CHANGES = 64;

/**
 * What trees hold, in memory. Of a tree that is a delta only the difference to its base is kept: 16 bytes for a usual one.
 * A node is a stored tree; a tree that is stored twice has two.
 */
export interface TreeLinks {
  /** The node holds these, and nothing of its base. */
  addWhole(node: number, table: TreeTable): void;
  /** The node holds what its base holds, but for the change. */
  addDerived(
    node: number,
    tables: { readonly base: TreeTable; readonly own: TreeTable },
    change: TreeChange,
  ): void;
  /** Calls for the nodes that hold the object although their bases do not. */
  visitAdded(number: number, visit: (node: number) => void): void;
  /** Whether the node, if its base holds the object, holds it as well. */
  keeps(node: number, number: number): boolean;
}

/** `numbers` is how many objects there are. `onCut` is called when there are too many links to keep. */
export function createTreeLinks(nodes: number, numbers: number, onCut: () => void): TreeLinks {
  /** For each object the last of its links; a link is the node and the link before. */
  const lastLinks = new Int32Array(numbers).fill(-1);
  const links = createIntList(1 << 16);
  /** For each node where in `losses` its list begins; the first number there is the list's length. */
  const lossAt = new Int32Array(nodes);
  const losses = createIntList(1 << 16);
  addInt(losses, 0);
  addInt(losses, 0);
  const NO_LOSS = 1;
  const link = (number: number, node: number): void => {
    const last = lastLinks[number] as number;
    if (last >= 0 && links.values[last] === node) return;
    lastLinks[number] = links.length;
    addInt(links, node);
    addInt(links, last);
  };
  const isFull = (): boolean => {
    const isCut = links.length + losses.length > MOST_KEPT;
    if (isCut) onCut();
    return isCut;
  };
  const addWhole = (node: number, { held }: TreeTable): void => {
    if (isFull()) return;
    lossAt[node] = DETACHED;
    for (let entry = 0; entry < held.length; entry++)
      if ((held.values[entry] as number) >= 0) link(held.values[entry] as number, node);
  };
  return {
    addWhole,
    addDerived(node, { base, own }, { added, removed }) {
      if (isFull()) return;
      if (added.length + removed.length > MOST_CHANGES) {
        addWhole(node, own);
        return;
      }
      for (let index = 0; index < added.length; index++) {
        const number = added.values[index] as number;
        if (!holds(base.held, number)) link(number, node);
      }
      lossAt[node] = NO_LOSS;
      const start = losses.length;
      for (let index = 0; index < removed.length; index++) {
        const number = removed.values[index] as number;
        if (holds(own.held, number)) continue;
        if (losses.length === start) addInt(losses, 0);
        addInt(losses, number);
      }
      if (losses.length === start) return;
      losses.values[start] = losses.length - start - 1;
      lossAt[node] = start;
    },
    visitAdded(number, visit) {
      for (let at = lastLinks[number] as number; at >= 0; at = links.values[at + 1] as number)
        visit(links.values[at] as number);
    },
    keeps(node, number) {
      const at = lossAt[node] as number;
      if (at === UNREAD || at === DETACHED) return false;
      const end = at + (losses.values[at] as number);
      for (let index = at + 1; index <= end; index++) if (losses.values[index] === number) return false;
      return true;
    },
  };
}

function holds({ values, length }: IntList, number: number): boolean {
  for (let index = 0; index < length; index++) if (values[index] === number) return true;
  return false;
}
