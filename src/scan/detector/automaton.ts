/** An Aho-Corasick automaton as one dense table. A state is the place of its row in the table; it begins in state 0. */
export interface Automaton {
  /** Class of each byte; bytes that no literal has are in class 0, upper and lower case in the same one. */
  readonly classes: Uint8Array;
  /** Successor of `state` at `next[state + class]`. */
  readonly next: Uint16Array | Int32Array;
  /** States from here on accept. */
  readonly firstAccepting: number;
  /** Length of a row. */
  readonly width: number;
  /** Numbers of the literals that end in a state, by its row. */
  readonly accepted: readonly (readonly number[])[];
}

/** Nodes are numbered in the order of planting; 0 is the root. */
interface Trie {
  readonly width: number;
  readonly count: number;
  readonly depths: number[];
  readonly parents: number[];
  /** Class of the byte that leads to a node. */
  readonly symbols: number[];
  /** Child of `node` at `[node × width + class]`, 0 for none. */
  readonly children: Int32Array;
  /** Literals that end in a node. */
  readonly ends: (readonly number[])[];
}

/**
 * Builds the automaton of lower-case ASCII literals, none empty, without repeats. A scan of one file waits for this: it
 * touches each literal's bytes a few times and leaves the filling of the table to native copying.
 */
export function buildAutomaton(literals: readonly string[]): Automaton {
  const { classes, width } = classify(literals);
  const trie = plant(literals, classes, width);
  // Parents, and all that is shorter, first.
  const order = Array.from({ length: trie.count }, (_, node) => node).toSorted(
    (one, other) => (trie.depths[one] ?? 0) - (trie.depths[other] ?? 0),
  );
  const suffixes = linkSuffixes(trie, order);
  return { classes, width, ...fill(trie, order, suffixes) };
}

function classify(literals: readonly string[]): { classes: Uint8Array; width: number } {
  const classes = new Uint8Array(256);
  let width = 1;
  for (const literal of literals) {
    for (let place = 0; place < literal.length; place++) {
      const code = literal.charCodeAt(place);
      if (classes[code] !== 0) continue;
      classes[code] = width;
      if (code >= 0x61 && code <= 0x7a) classes[code - 0x20] = width;
      width++;
    }
  }
  return { classes, width };
}

function plant(literals: readonly string[], classes: Uint8Array, width: number): Trie {
  const most = 1 + literals.reduce((sum, literal) => sum + literal.length, 0);
  const children = new Int32Array(most * width);
  const [depths, parents, symbols]: [number[], number[], number[]] = [[0], [0], [0]];
  const ends: (readonly number[])[] = [[]];
  for (const [literal, text] of literals.entries()) {
    let node = 0;
    for (let place = 0; place < text.length; place++) {
      const symbol = classes[text.charCodeAt(place)] ?? 0;
      let child = children[node * width + symbol] ?? 0;
      if (child === 0) {
        child = ends.push([]) - 1;
        children[node * width + symbol] = child;
        depths.push(place + 1);
        parents.push(node);
        symbols.push(symbol);
      }
      node = child;
    }
    ends[node] = [literal];
  }
  return { width, count: ends.length, depths, parents, symbols, children, ends };
}

/** For each node the one of its longest proper suffix; literals that end there end here too. */
function linkSuffixes({ width, depths, parents, symbols, children, ends }: Trie, order: number[]): number[] {
  const suffixes = order.map(() => 0);
  for (const node of order) {
    if ((depths[node] ?? 0) < 2) continue;
    const symbol = symbols[node] ?? 0;
    let candidate = suffixes[parents[node] ?? 0] ?? 0;
    while (candidate !== 0 && children[candidate * width + symbol] === 0)
      candidate = suffixes[candidate] ?? 0;
    const suffix = children[candidate * width + symbol] ?? 0;
    suffixes[node] = suffix;
    const inherited = ends[suffix] ?? [];
    if (inherited.length > 0) ends[node] = [...(ends[node] ?? []), ...inherited];
  }
  return suffixes;
}

/** Accepting states come last, so that one comparison tells them; the others by depth, the frequent ones together. */
function fill(trie: Trie, order: number[], suffixes: number[]): Omit<Automaton, 'classes' | 'width'> {
  const { width, count, parents, symbols, ends } = trie;
  const accepts = (node: number): boolean => (ends[node] ?? []).length > 0;
  const rows = [...order.filter((node) => !accepts(node)), ...order.filter(accepts)];
  const places = rows.map(() => 0);
  for (const [row, node] of rows.entries()) places[node] = row * width;
  const size = count * width;
  const next = size <= 0x1_0000 ? new Uint16Array(size) : new Int32Array(size);
  const childrenOf: number[][] = order.map(() => []);
  for (let node = 1; node < count; node++) childrenOf[parents[node] ?? 0]?.push(node);
  for (const node of order) {
    const place = places[node] ?? 0;
    const suffix = places[suffixes[node] ?? 0] ?? 0;
    if (node !== 0) next.copyWithin(place, suffix, suffix + width);
    for (const child of childrenOf[node] ?? []) next[place + (symbols[child] ?? 0)] = places[child] ?? 0;
  }
  const accepting = rows.filter(accepts).length;
  return { next, firstAccepting: size - accepting * width, accepted: rows.map((node) => ends[node] ?? []) };
}
