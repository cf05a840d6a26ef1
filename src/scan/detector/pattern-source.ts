/** A class of characters, in the source of a pattern. */
export const CLASS = String.raw`\[(?:\\.|[^\]\\])*\]`;

/** The alternatives of a pattern's source, and those of groups that are all there is of one. */
export function alternativesOf(source: string): string[] {
  if (source.startsWith('(?:') && closing(source, 0) === source.length - 1)
    return alternativesOf(source.slice(3, -1));
  const bars: number[] = [];
  for (let at = 0; at < source.length; at++) {
    const character = source[at];
    if (character === '|') bars.push(at);
    else if (character === '\\') at++;
    else if (character === '[') at += lengthOfClass(source, at) - 1;
    else if (character === '(') at = closing(source, at);
  }
  if (bars.length === 0) return [source];
  return [-1, ...bars].flatMap((bar, place) => alternativesOf(source.slice(bar + 1, bars[place])));
}

/** An atom, a group or a lookaround, and whether it may be left out. */
interface Part {
  readonly source: string;
  readonly isOptional: boolean;
}

const LOOKAROUND = /^\(\?<?[=!]/;
const PLAIN_GROUP = /^\((?:\?:|\?<[A-Za-z]\w*>)/;
const CHARACTER = /^(?:[^\\^$.|?*+()[\]{}-]|\\[dws\W_])$/;
const QUANTIFIER = /^(?:[?*+]|\{\d+(?:,\d*)?\})\??/;

/** The characters that a match can end with, as in a class; null when that is not understood. */
export function endOf(source: string): string | null {
  const ends = alternativesOf(source).map((alternative) => endOfSequence(partsOf(alternative)));
  return ends.includes(null) ? null : ends.join('');
}

function endOfSequence(parts: readonly Part[]): string | null {
  let ends = '';
  for (const { source, isOptional } of parts.toReversed()) {
    if (LOOKAROUND.test(source)) continue;
    const end = endOfPart(source);
    if (end === null) return null;
    ends += end;
    if (!isOptional) return ends;
  }
  return null;
}

function endOfPart(source: string): string | null {
  const opening = PLAIN_GROUP.exec(source)?.[0];
  if (opening !== undefined) return endOf(source.slice(opening.length, -1));
  // At either end of a class a hyphen stands for itself; in one that goes on there it would not.
  if (source.startsWith('[') && source[1] !== '^')
    return source.slice(1, -1).replaceAll(/^-|(?<!\\)-$/g, String.raw`\-`);
  return CHARACTER.test(source) ? source : null;
}

function partsOf(source: string): Part[] {
  const parts: Part[] = [];
  for (let at = 0; at < source.length;) {
    const end = endOfAtom(source, at);
    const quantifier = QUANTIFIER.exec(source.slice(end))?.[0] ?? '';
    parts.push({ source: source.slice(at, end), isOptional: /^(?:[?*]|\{0)/.test(quantifier) });
    at = end + quantifier.length;
  }
  return parts;
}

function endOfAtom(source: string, at: number): number {
  if (source[at] === '\\') return at + 2;
  if (source[at] === '[') return at + lengthOfClass(source, at);
  return source[at] === '(' ? closing(source, at) + 1 : at + 1;
}

/** Place of the parenthesis that closes the one at `start`; the end when there is none. */
export function closing(source: string, start: number): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const character = source[at];
    if (character === '\\') at++;
    else if (character === '[') at += lengthOfClass(source, at) - 1;
    else if (character === '(') depth++;
    else if (character === ')' && --depth === 0) return at;
  }
  return source.length;
}

const lengthOfClass = (source: string, start: number): number =>
  /^\[(?:\\.|[^\]\\])*\]/.exec(source.slice(start))?.[0].length ?? 1;
