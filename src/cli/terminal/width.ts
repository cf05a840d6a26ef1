import type { CliOutput } from '../context.ts';

/** Columns of the terminal; null when the output is no terminal, or its width is not known. */
export function widthOf({ isTTY, columns }: CliOutput): number | null {
  return isTTY === true ? (columns ?? null) : null;
}
