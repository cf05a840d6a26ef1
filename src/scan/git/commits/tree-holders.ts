import { createArena } from '../arena.ts';
import { readOr } from './commit-graph.ts';
import { unlessDamaged } from '../damage.ts';
import { addInt, createIntList } from './int-list.ts';
import type { ObjectReader } from '../objects/object-reader.ts';
import type { Pack, PackLayout } from '../objects/object-store.ts';
import { MOST_OBJECT_BYTES } from '../objects/object-types.ts';
import { FOREIGN, NO_BASE } from '../objects/pack-entries.ts';
import { MOST_PACKED_BYTES } from '../objects/packed-objects.ts';
import { linkTrees } from './tree-families.ts';
import { createTreeLinks, type TreeLinks } from './tree-links.ts';
import { createTreeReader, createTreeTable, type Numbering, type TreeReader } from './tree-table.ts';
import { openKernel } from '../wasm-kernel.ts';

const ARENA_BYTES = 3 * MOST_OBJECT_BYTES + MOST_PACKED_BYTES;

/** Says which trees hold what. */
export interface TreeHolders {
  /** Calls with the numbers of all trees that hold the object; some may come again. */
  visit(number: number, visit: (tree: number) => void): void;
}

/** A pack and the node of its first entry. */
interface NodePack {
  readonly pack: Pack;
  readonly number: number;
  readonly layout: PackLayout;
  readonly firstNode: number;
}

/**
 * Reads all trees of a store, reachable or not, of each delta only what it changes. Knows then what holds any tree, and
 * those files that are wanted. `onCut` is called when it cannot know all of that.
 */
export function readHolders(
  reader: ObjectReader,
  wanted: ReadonlySet<number>,
  onCut: () => void,
): TreeHolders {
  const { numbers, hashBytes, packs: all } = reader;
  const packs = layoutsOf(all);
  const last = packs.at(-1);
  const firstLooseNode = last === undefined ? 0 : last.firstNode + last.layout.entries.count;
  const links = createTreeLinks(firstLooseNode + numbers.count - numbers.firstLoose, numbers.count, onCut);
  const trees = createTreeReader(hashBytes, createNumbering(reader, wanted));
  const budget = { packed: 0, made: 0 };
  const kernel = openKernel();
  const arena = createArena(kernel, ARENA_BYTES);
  for (const { pack, layout, firstNode } of packs) {
    const { entries } = layout;
    linkTrees({ pack, entries, kernel, arena, budget, firstNode, reader: trees, links });
  }
  linkSingly({ reader, links, trees, packs, firstLooseNode });
  return createHolders(reader, { links, packs, firstLooseNode });
}

/** What cannot be read has no nodes. */
function layoutsOf(packs: readonly Pack[]): NodePack[] {
  const found: NodePack[] = [];
  let firstNode = 0;
  for (const [number, pack] of packs.entries()) {
    const layout = unlessDamaged(() => pack.layout());
    if (layout === null) continue;
    found.push({ pack, number, layout, firstNode });
    firstNode += layout.entries.count;
  }
  return found;
}

/** A table of the first two bytes of ids refuses most files at once. */
function createNumbering({ numbers }: ObjectReader, wanted: ReadonlySet<number>): Numbering {
  const starts = new Uint8Array(1 << 16);
  for (const number of wanted) if (number >= 0) starts[parseInt(numbers.oidOf(number).slice(0, 4), 16)] = 1;
  return (bytes, idAt, isFolder) => {
    if (!isFolder && starts[((bytes[idAt] as number) << 8) | (bytes[idAt + 1] as number)] === 0) return -1;
    const number = numbers.numberAt(bytes, idAt);
    return number >= 0 && wanted.has(number) !== isFolder ? number : -1;
  };
}

interface Singly {
  readonly reader: ObjectReader;
  readonly links: TreeLinks;
  readonly trees: TreeReader;
  readonly packs: readonly NodePack[];
  readonly firstLooseNode: number;
}

/** Trees that are loose, or whose base is in another pack, are few: each is read by itself. */
function linkSingly({ reader, links, trees, packs, firstLooseNode }: Singly): void {
  const table = createTreeTable();
  const add = (number: number, node: number): void => {
    const object = readOr(reader, number);
    if (object?.type !== 'tree') return;
    trees.whole({ bytes: object.bytes, at: 0, size: object.bytes.length }, table);
    links.addWhole(node, table);
  };
  const { firstLoose, count } = reader.numbers;
  for (let number = firstLoose; number < count; number++) add(number, firstLooseNode + number - firstLoose);
  for (const { number, layout, firstNode } of packs) {
    const { kinds, positions } = layout.entries;
    for (let entry = kinds.indexOf(FOREIGN); entry >= 0; entry = kinds.indexOf(FOREIGN, entry + 1))
      add(reader.numbers.firstOf(number) + (positions[entry] as number), firstNode + entry);
  }
}

type Nodes = Pick<Singly, 'links' | 'packs' | 'firstLooseNode'>;

function createHolders(reader: ObjectReader, { links, packs, firstLooseNode }: Nodes): TreeHolders {
  const { numbers } = reader;
  const rest = createIntList();
  const numberOf = createTreeNumbers(reader);
  return {
    visit(number, visit) {
      links.visitAdded(number, (start) => {
        if (start >= firstLooseNode) {
          visit(numbers.firstLoose + start - firstLooseNode);
          return;
        }
        const pack = packs.findLast(({ firstNode }) => firstNode <= start) as NodePack;
        const { firstChildren, nextSiblings } = pack.layout.entries;
        rest.length = 0;
        addInt(rest, start - pack.firstNode);
        while (rest.length > 0) {
          const entry = rest.values[--rest.length] as number;
          const tree = numberOf(pack, entry);
          if (tree >= 0) visit(tree);
          const first = firstChildren[entry] as number;
          for (let child = first; child !== NO_BASE; child = nextSiblings[child] as number)
            if (links.keeps(pack.firstNode + child, number)) addInt(rest, child);
        }
      });
    },
  };
}

/** Number of the tree that an entry is; -1 when another pack has it as well and counts. */
function createTreeNumbers({ numbers }: ObjectReader): (pack: NodePack, entry: number) => number {
  return ({ pack, number, layout }, entry) => {
    const { index } = pack;
    const position = layout.entries.positions[entry] as number;
    const own = numbers.firstOf(number) + position;
    const counts =
      number === 0 || numbers.numberAt(index.bytes, index.oidsAt + position * index.hashBytes) === own;
    return counts ? own : -1;
  };
}
