import { firstRepeated, parseFormText } from './form.ts';

export type PairsReading =
  | { readonly ok: true; readonly value: ReadonlyMap<string, string> }
  | { readonly ok: false; readonly problem: string };

const NONE: ReadonlySet<string> = new Set();

/** Reads `name=value&…` (query or form body) where no name may stand twice. The problem is a sentence for a developer. */
export function readPairs(text: string): PairsReading {
  const form = parseFormText(text);
  if (form.kind === 'malformed') return { ok: false, problem: form.problem };
  if (firstRepeated(form, NONE) !== null)
    return { ok: false, problem: 'A parameter is given twice; which one counts is not clear.' };
  return { ok: true, value: new Map(form.entries) };
}

/** Writes pairs in the order of the map, encoded as browsers do. */
export function writePairs(pairs: ReadonlyMap<string, string>): string {
  return new URLSearchParams([...pairs]).toString();
}
