import { DamageError } from '../damage.ts';
import type { TreeLinks } from './tree-links.ts';
import { createTreeTable, type TreeChange, type TreeReader, type TreeTable } from './tree-table.ts';
import { createTreeMaker } from './tree-maker.ts';
import type { Made, Unpacking } from '../objects/unpacking.ts';
import { createIntList } from './int-list.ts';
import { TREE } from '../objects/pack-entries.ts';

/** The trees of one pack. */
export interface TreePack extends Unpacking {
  /** Node of the pack's first entry. */
  readonly firstNode: number;
  readonly reader: TreeReader;
  readonly links: TreeLinks;
}

interface Frame extends Made {
  readonly table: TreeTable;
  next: number;
}

/** Records what the trees of a pack hold, family by family. Those that cannot be read are left out. */
export function linkTrees(pack: TreePack): void {
  const { bases, kinds, count } = pack.entries;
  const visit = createFamilyVisit(pack);
  for (let entry = 0; entry < count; entry++)
    if (kinds[entry] === TREE && (bases[entry] as number) < 0) visit(entry);
}

function createFamilyVisit(pack: TreePack): (root: number) => void {
  const { entries, arena, kernel, reader, links, firstNode } = pack;
  const trees = createTreeMaker(pack);
  const spare: TreeTable[] = [];
  const change: TreeChange = { added: createIntList(), removed: createIntList() };
  const stack: Frame[] = [];
  const leave = (frame: Frame): void => {
    arena.give(frame.at);
    spare.push(frame.table);
  };
  const begin = (entry: number): Frame => {
    const made = trees.whole(entry);
    const table = spare.pop() ?? createTreeTable();
    reader.whole({ bytes: kernel.bytes(), at: made.at, size: made.size }, table);
    links.addWhole(firstNode + entry, table);
    const { type, at, size } = made;
    return { entry, type, at, size, table, next: entries.firstChildren[entry] as number };
  };
  const derive = (base: Frame, entry: number): Frame | null => {
    const made = trees.derived(base, entry);
    if (made === 'no room') return null;
    const { type, at, size, runs } = made;
    const table = spare.pop() ?? createTreeTable();
    change.added.length = 0;
    change.removed.length = 0;
    const tree = { bytes: kernel.bytes(), at, size };
    reader.derived(tree, { base: base.table, runs }, { into: table, change });
    links.addDerived(firstNode + entry, { base: base.table, own: table }, change);
    return { entry, type, at, size, table, next: entries.firstChildren[entry] as number };
  };
  const attempt = (base: Frame | undefined, entry: number): void => {
    try {
      const frame = base === undefined ? begin(entry) : derive(base, entry);
      if (frame === null) return;
      if (frame.next < 0) leave(frame);
      else stack.push(frame);
    } catch (error) {
      if (!(error instanceof DamageError)) throw error;
      arena.keep([...trees.places, ...stack.map(({ at }) => at)]);
    }
  };
  return (root) => {
    attempt(undefined, root);
    for (let base = stack.at(-1); base !== undefined; base = stack.at(-1)) {
      const entry = base.next;
      base.next = entries.nextSiblings[entry] as number;
      if (base.next >= 0) {
        attempt(base, entry);
        continue;
      }
      stack.pop();
      attempt(base, entry);
      leave(base);
    }
  };
}
