import { bytesMatching, type ByteSet, isWithin, NO_BYTES } from './byte-set.ts';
import { alternativesOf, CLASS, closing, endOf } from './pattern-source.ts';

/** What the text of a value must have, whatever else a pattern asks for. */
export interface ValueForm {
  /** Least length. */
  readonly least: number;
  /** Bytes that may be in it. */
  readonly bytes: ByteSet;
  /** Bit set of character classes, each of which must occur in the run of such bytes that holds the value. */
  readonly needs: number;
}

export const DIGIT = 1;
export const UPPER = 2;
export const LOWER = 4;

const OPENING = '(?<secret>';

/** One of the shapes that the value of a rule may have. */
export interface ValueShape {
  /** Null when the pattern has something that is not understood here. */
  readonly form: ValueForm | null;
  /** Matches where such a value ends. */
  readonly pattern: RegExp;
}

/**
 * Reads the shapes of the groups `secret` out of a pattern's source: everything that the pattern takes for a value has
 * one of them; the reverse need not be true. They are far cheaper to compile and to try than the pattern.
 */
export function valueShapesOf({ source, flags, ignoreCase }: RegExp): readonly ValueShape[] {
  return piecesOf(source).map(({ piece, behind }) => ({
    form: formOf(piece, ignoreCase),
    pattern: new RegExp(searchFor(unnamed(piece), behind), flags.replaceAll(/[dg]/g, '')),
  }));
}

const LITERAL_BEGINNING = /^\w{3}(?![?*+{])/;

/**
 * A pattern that finds where a value may end. A value that begins with fixed letters is searched from there, which V8 does
 * fastest. Any other value could begin at many places of a long run but end at few, so it is tried backwards from its end.
 */
function searchFor(value: string, behind: string): string {
  if (LITERAL_BEGINNING.test(value)) return `${value}${behind}`;
  const end = endOf(value);
  return `${end === null ? '' : `[${end}]`}${behind}(?<=${value})`;
}

/** What a value has that is of any of these forms; null when one of them does not tell. */
export const anyForm = (forms: readonly (ValueForm | null)[]): ValueForm | null =>
  forms.reduce((one, other) => (one === null || other === null ? null : eitherForm(one, other)));

const eitherForm = (one: ValueForm, other: ValueForm): ValueForm => ({
  least: Math.min(one.least, other.least),
  bytes: one.bytes | other.bytes,
  needs: one.needs & other.needs,
});

const unnamed = (source: string): string => source.replaceAll(/\(\?<[A-Za-z]\w*>/g, '(?:');

function formOf(piece: string, caseless: boolean): ValueForm | null {
  try {
    const { assumed, ...form } = readAlternatives({ source: piece, at: 0, caseless });
    return { ...form, needs: isWithin(assumed, form.bytes) ? form.needs : 0 };
  } catch (error) {
    if (error instanceof Unreadable) return null;
    throw error;
  }
}

/** The alternatives of the groups `secret`, with the lookaheads right behind them. */
function piecesOf(source: string): { piece: string; behind: string }[] {
  const pieces: { piece: string; behind: string }[] = [];
  for (let start = source.indexOf(OPENING); start !== -1; start = source.indexOf(OPENING, start + 1)) {
    const end = closing(source, start);
    let next = end + 1;
    while (/^\(\?[=!]/.test(source.slice(next, next + 3))) next = closing(source, next) + 1;
    const behind = source.slice(end + 1, next);
    for (const piece of alternativesOf(source.slice(start + OPENING.length, end)))
      pieces.push({ piece, behind });
  }
  return pieces;
}

const SIMPLE_LOOKAHEAD = new RegExp(String.raw`^\(\?=(${CLASS})\{0,\d+\}(${CLASS})\)$`);
const GROUP = /^\((?:\?:|\?<[A-Za-z]\w*>)/;
/** A class, an escape that stands for characters, or a character that stands for itself. */
const CHARACTER = new RegExp(String.raw`^(?:${CLASS}|\\[^1-9bBckpPux]|[^\\()[\]{}*+?.^$|])`);
const LONGEST_OPENING = 40;

class Unreadable extends Error {}

interface Reader {
  readonly source: string;
  readonly caseless: boolean;
  at: number;
}

/** A form, and the bytes that must be among its own for `needs` to hold. */
interface PartForm extends ValueForm {
  readonly assumed: ByteSet;
}

function readAlternatives(reader: Reader): PartForm {
  let form = readSequence(reader);
  while (reader.source[reader.at] === '|') {
    reader.at++;
    form = either(form, readSequence(reader));
  }
  return form;
}

const either = (one: PartForm, other: PartForm): PartForm => ({
  ...eitherForm(one, other),
  assumed: one.assumed | other.assumed,
});

function readSequence(reader: Reader): PartForm {
  let least = 0;
  let needs = 0;
  let [bytes, assumed] = [NO_BYTES, NO_BYTES];
  while (reader.at < reader.source.length && !/[|)]/.test(reader.source[reader.at] ?? '')) {
    const part = /^\(\?[=!]/.test(reader.source.slice(reader.at, reader.at + 3))
      ? readLookahead(reader)
      : readAtom(reader);
    const times = readQuantifier(reader);
    least += part.least * times;
    bytes |= part.bytes;
    if (times === 0) continue;
    needs |= part.needs;
    assumed |= part.assumed;
  }
  return { least, bytes, needs, assumed };
}

/**
 * `(?=X{0,n}Y)`: a Y comes after nothing but Xs, so it is in the same run as the value if both may be in the value. Any
 * other lookahead proves nothing.
 */
function readLookahead(reader: Reader): PartForm {
  const end = closing(reader.source, reader.at);
  const [, passed, last] = SIMPLE_LOOKAHEAD.exec(reader.source.slice(reader.at, end + 1)) ?? [];
  reader.at = end + 1;
  const nothing = { least: 0, bytes: NO_BYTES, needs: 0, assumed: NO_BYTES };
  if (passed === undefined || last === undefined) return nothing;
  const bytes = bytesMatching(last, reader.caseless);
  return { ...nothing, needs: classOf(bytes), assumed: bytesMatching(passed, reader.caseless) | bytes };
}

function readAtom(reader: Reader): PartForm {
  const { source } = reader;
  if (source[reader.at] === '(') {
    const opening = GROUP.exec(source.slice(reader.at, reader.at + LONGEST_OPENING))?.[0];
    if (opening === undefined) throw new Unreadable();
    reader.at += opening.length;
    const form = readAlternatives(reader);
    reader.at++;
    return form;
  }
  const text = CHARACTER.exec(source.slice(reader.at))?.[0];
  if (text === undefined) throw new Unreadable();
  reader.at += text.length;
  return { least: 1, bytes: bytesMatching(text, reader.caseless), needs: 0, assumed: NO_BYTES };
}

/** Least number of repetitions. */
function readQuantifier(reader: Reader): number {
  const quantifier = /^(?:[?*+]|\{(\d+)(?:,\d*)?\})\??/.exec(reader.source.slice(reader.at));
  if (quantifier === null) return 1;
  reader.at += quantifier[0].length;
  if (quantifier[1] !== undefined) return Number(quantifier[1]);
  return quantifier[0].startsWith('+') ? 1 : 0;
}

function classOf(bytes: ByteSet): number {
  const all = (source: string): boolean => isWithin(bytes, bytesMatching(source, false));
  if (all('[0-9]')) return DIGIT;
  if (all('[A-Z]')) return UPPER;
  return all('[a-z]') ? LOWER : 0;
}
