import type { CliOutput } from '../context.ts';

/** Columns of a terminal; null: there is none, or it does not tell. */
export function widthOf({ isTTY, columns }: CliOutput): number | null {
  return isTTY === true ? (columns ?? null) : null;
}
