import { HEADER_WORDS, MAGIC, type Names } from '../../src/kernel/numbering/layout.ts';
import type { Automaton } from './automaton.ts';
import type { OperatorTrie } from './operators.ts';

/** Operators whose handsets hang on a satellite, by the names that the carrier tables use. */
const SATELLITE_OPERATOR = /\bsatellite\b|globalstar|iridium|thuraya|inmarsat/i;

/** Writes the two tables in the layout that `loadNumberingPlan` reads. */
export function encodeNumbering(automaton: Automaton, trie: OperatorTrie): Uint8Array {
  const names: Names = {
    classes: automaton.classes.map((one) => [one.country, one.lineType, one.valid, one.satellite]),
    operators: trie.names,
    satelliteOperators: trie.names.flatMap((name, index) => (SATELLITE_OPERATOR.test(name) ? index : [])),
  };
  const header = [
    MAGIC,
    automaton.classOf.length,
    names.classes.length,
    trie.nameOf.length,
    names.operators.length,
  ];
  if (header.length !== HEADER_WORDS) throw new Error('the header has another length');
  return Buffer.concat([
    Buffer.from(Uint32Array.from(header).buffer),
    ...[automaton.classOf, automaton.next, trie.nameOf, trie.next].map(words),
    Buffer.from(JSON.stringify(names)),
  ]);
}

function words(values: readonly number[]): Buffer {
  if (values.some((value) => value > 0xffff)) throw new Error('a table outgrew 16 bits');
  return Buffer.from(Uint16Array.from(values).buffer);
}
