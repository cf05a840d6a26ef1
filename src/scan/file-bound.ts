import type { Detection } from './detection.ts';

/** Bytes that may precede a value "at the beginning" of a file: a byte order mark, the first line of a key. */
const BEGINNING = 128;

type Placed = Pick<Detection, 'rule' | 'start'>;

/** False when a value counts only at the beginning of a file, and stands elsewhere. */
export const standsWhereItCounts = ({ rule, start }: Placed): boolean =>
  rule.file === undefined || start < BEGINNING;

/** False when a value counts only in files of a certain name, and this is none. */
export const countsIn = ({ file }: Detection['rule'], path: string | null): boolean =>
  file === undefined || (path !== null && file.test(path));
