import type { LineType } from './facts.ts';

/**
 * Layout of `numbering.bin`, little endian: a header of u32, then tables of u16, then names as JSON.
 * Header: magic, states, classes, nodes, names. Tables: class of each state, ten next states of each state,
 * name of each node, ten next nodes of each node. State 0 is the start; node 0 the end, node 1 the start.
 */
export const MAGIC = 0x31_4e_46_52; // RFN1
export const HEADER_WORDS = 5;

/** The JSON at the end. */
export interface Names {
  /** Class of a number: country, line type, valid, satellite. */
  readonly classes: readonly (readonly [string | null, LineType, boolean, boolean])[];
  /** Operators; the first is the empty name. */
  readonly operators: readonly string[];
  /** Which of them are satellite operators. */
  readonly satelliteOperators: readonly number[];
}
