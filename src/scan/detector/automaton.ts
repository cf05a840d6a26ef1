/** An Aho-Corasick automaton as one dense table. A state is the place of its row in the table; it begins in state 0. */
export interface Automaton {
  /** Class of each byte; bytes that no literal has are in class 0, upper and lower case in the same one. */
  readonly classes: Uint8Array;
  /** Successor of `state` at `next[state + class]`. */
  readonly next: Uint16Array | Int32Array;
  /** The first accepting state; all states after it accept, too. */
  readonly firstAccepting: number;
  /** Length of a row. */
  readonly width: number;
  /** Numbers of the literals that end in a state, by its row. */
  readonly accepted: readonly (readonly number[])[];
}

const NONE: readonly number[] = [];

/** Nodes are numbered in the order of planting; 0 is the root. */
interface Trie {
  readonly width: number;
  readonly count: number;
  readonly depths: Int32Array;
  readonly parents: Int32Array;
  /** Class of the byte that leads to a node. */
  readonly symbols: Uint8Array;
  /** Child of `node` at `[node × width + class]`, 0 for none. */
  readonly children: Uint16Array;
  /** Literals that end in a node. */
  readonly ends: Map<number, readonly number[]>;
}

/** Nodes by depth: those of depth d are `order` from `firsts[d]` to `firsts[d + 1]`. */
interface Levels {
  readonly order: Int32Array;
  readonly firsts: Int32Array;
}

/**
 * Builds the automaton of lower-case ASCII literals, none empty, without repeats, of less than 65,536 bytes together. A
 * scan of one file waits for this: it touches each literal's bytes a few times, and leaves the filling of the table to
 * native copying.
 */
export function buildAutomaton(literals: readonly string[]): Automaton {
  const { classes, width } = classify(literals);
  const trie = plant(literals, classes, width);
  const levels = sortByDepth(trie);
  const suffixes = linkSuffixes(trie, levels.order);
  return { classes, width, ...fill(trie, levels, suffixes) };
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
  const children = new Uint16Array(most * width);
  const [depths, parents, symbols] = [new Int32Array(most), new Int32Array(most), new Uint8Array(most)];
  const ends = new Map<number, readonly number[]>();
  let count = 1;
  for (let literal = 0; literal < literals.length; literal++) {
    const text = literals[literal] ?? '';
    let node = 0;
    for (let place = 0; place < text.length; place++) {
      const symbol = classes[text.charCodeAt(place)] ?? 0;
      let child = children[node * width + symbol] ?? 0;
      if (child === 0) {
        child = count++;
        children[node * width + symbol] = child;
        depths[child] = place + 1;
        parents[child] = node;
        symbols[child] = symbol;
      }
      node = child;
    }
    ends.set(node, [literal]);
  }
  return { width, count, depths, parents, symbols, children, ends };
}

function sortByDepth({ count, depths }: Trie): Levels {
  const deepest = depths.reduce((most, depth) => Math.max(most, depth), 0);
  const firsts = new Int32Array(deepest + 2);
  for (let node = 0; node < count; node++) {
    const after = (depths[node] ?? 0) + 1;
    firsts[after] = (firsts[after] ?? 0) + 1;
  }
  for (let depth = 1; depth < firsts.length; depth++)
    firsts[depth] = (firsts[depth] ?? 0) + (firsts[depth - 1] ?? 0);
  const order = new Int32Array(count);
  const free = firsts.slice();
  for (let node = 0; node < count; node++) {
    const depth = depths[node] ?? 0;
    const place = free[depth] ?? 0;
    order[place] = node;
    free[depth] = place + 1;
  }
  return { order, firsts };
}

/** For each node the one of its longest proper suffix; literals that end there end here too. */
function linkSuffixes(
  { width, depths, parents, symbols, children, ends }: Trie,
  order: Int32Array,
): Int32Array {
  const suffixes = new Int32Array(order.length);
  for (const node of order) {
    if ((depths[node] ?? 0) < 2) continue;
    const symbol = symbols[node] ?? 0;
    let candidate = suffixes[parents[node] ?? 0] ?? 0;
    while (candidate !== 0 && children[candidate * width + symbol] === 0)
      candidate = suffixes[candidate] ?? 0;
    const suffix = children[candidate * width + symbol] ?? 0;
    suffixes[node] = suffix;
    const inherited = ends.get(suffix);
    if (inherited !== undefined) ends.set(node, [...(ends.get(node) ?? []), ...inherited]);
  }
  return suffixes;
}

/** Accepting states come last, so that one comparison tells them; the others by depth, the frequent ones together. */
function fill(
  trie: Trie,
  { order, firsts }: Levels,
  suffixes: Int32Array,
): Omit<Automaton, 'classes' | 'width'> {
  const { width, count, parents, symbols, ends } = trie;
  const size = count * width;
  const firstAccepting = size - ends.size * width;
  const places = new Int32Array(count);
  const accepted = Array.from({ length: count - ends.size }, () => NONE);
  let plain = 0;
  for (const node of order) {
    const literals = ends.get(node);
    places[node] = (literals === undefined ? plain++ : accepted.push(literals) - 1) * width;
  }
  const next = size <= 0x1_0000 ? new Uint16Array(size) : new Int32Array(size);
  for (let depth = 1; depth < firsts.length - 1; depth++) {
    const level = order.subarray(firsts[depth], firsts[depth + 1]);
    // Links to a level are set before its rows, because they are part of the rows that are copied.
    for (const node of level)
      next[(places[parents[node] ?? 0] ?? 0) + (symbols[node] ?? 0)] = places[node] ?? 0;
    for (const node of level) {
      const suffix = places[suffixes[node] ?? 0] ?? 0;
      next.copyWithin(places[node] ?? 0, suffix, suffix + width);
    }
  }
  return { next, firstAccepting, accepted };
}
