import { type Automaton, buildAutomaton } from './automaton.ts';

/** Finds literals in bytes: a coarse and fast first pass. */
export interface Prefilter {
  /** No more literals than this end at the same byte. */
  readonly mostPerByte: number;
  /**
   * Writes every occurrence that lies wholly in [from, to) into `hits` as a pair: its first byte and the number of its
   * literal. ASCII letters match in either case. `hits` has room for 2 × mostPerByte × (to − from) numbers. Returns the
   * number of pairs; their order is free.
   */
  find(bytes: Uint8Array, from: number, to: number, hits: Int32Array): number;
  /** What it walks, for spans so short that a call would cost more than the walk. */
  readonly automaton: Automaton;
}

/** Makes a prefilter in plain JavaScript: one table look-up for each byte. `literals` are lower-case ASCII, without repeats. */
export function createPrefilter(literals: readonly string[]): Prefilter {
  const automaton = buildAutomaton(literals);
  const { accepted, width } = automaton;
  const lengths = Int32Array.from(literals, (literal) => literal.length);
  const longest = Math.max(1, ...lengths);

  function note(state: number, end: number, hits: Int32Array, count: number): number {
    let total = count;
    for (const literal of accepted[state / width] ?? []) {
      hits[2 * total] = end - (lengths[literal] ?? 0);
      hits[2 * total + 1] = literal;
      total++;
    }
    return total;
  }

  /** Reads both halves in turn, because with one of them the processor would wait for the table half of the time. */
  function find(bytes: Uint8Array, from: number, to: number, hits: Int32Array): number {
    const { classes, next, firstAccepting } = automaton;
    const half = (to - from) >> 1;
    const middle = from + half;
    let first = 0;
    let second = stateBefore(automaton, bytes, Math.max(from, middle - longest + 1), middle);
    let total = 0;
    for (let at = from; at < middle; at++) {
      first = next[first + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
      second = next[second + (classes[bytes[at + half] ?? 0] ?? 0)] ?? 0;
      if (first >= firstAccepting) total = note(first, at + 1, hits, total);
      if (second >= firstAccepting) total = note(second, at + half + 1, hits, total);
    }
    for (let at = middle + half; at < to; at++) {
      second = next[second + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
      if (second >= firstAccepting) total = note(second, at + 1, hits, total);
    }
    return total;
  }
  return Object.freeze({ mostPerByte: Math.max(1, ...accepted.map((one) => one.length)), find, automaton });
}

function stateBefore({ classes, next }: Automaton, bytes: Uint8Array, from: number, to: number): number {
  let state = 0;
  for (let at = from; at < to; at++) state = next[state + (classes[bytes[at] ?? 0] ?? 0)] ?? 0;
  return state;
}
