/**
 * A set of digit strings, as an expression that can be advanced digit by digit (Brzozowski's derivatives).
 * Expressions are interned: equal ones are the same object, so that `id` can stand for them in keys.
 */
export interface Expression {
  readonly id: number;
  /** True when the empty string is in the set. */
  readonly matchesEmpty: boolean;
  /** What may follow `digit`: the rests of all strings that start with it. */
  after(digit: number): Expression;
}

interface Interned extends Expression {
  /** Parts of an alternative, in order of their ids; the expression itself otherwise. */
  readonly options: readonly Interned[];
  /** First and rest of a sequence. */
  readonly split: readonly [Interned, Interned] | null;
  /** Bit per digit, when the set holds strings of one digit only. */
  readonly mask: number;
}

interface Shape {
  readonly matchesEmpty: boolean;
  readonly after: (digit: number) => Interned;
  readonly options?: readonly Interned[];
  readonly split?: readonly [Interned, Interned];
  readonly mask?: number;
}

const interned = new Map<string, Interned>();

function intern(key: string, shape: Shape): Interned {
  const known = interned.get(key);
  if (known !== undefined) return known;
  const rests: (Interned | undefined)[] = [];
  const made: Interned = {
    id: interned.size,
    matchesEmpty: shape.matchesEmpty,
    options: shape.options ?? [],
    split: shape.split ?? null,
    mask: shape.mask ?? 0,
    after: (digit) => (rests[digit] ??= shape.after(digit)),
  };
  interned.set(key, made);
  return made;
}

const nothing: Interned = intern('nothing', { matchesEmpty: false, after: () => nothing });
const empty: Interned = intern('empty', { matchesEmpty: true, after: () => nothing });
const anything: Interned = intern('anything', { matchesEmpty: true, after: () => anything });

/** The set without strings. */
export const NOTHING: Expression = nothing;

function oneOf(mask: number): Interned {
  return intern(`digits ${mask}`, {
    matchesEmpty: false,
    mask,
    after: (digit) => ((mask >> digit) & 1 ? empty : nothing),
  });
}

function sequence(first: Interned, rest: Interned): Interned {
  if (first === nothing || rest === nothing) return nothing;
  if (first === empty) return rest;
  if (rest === empty || first === anything) return first;
  if (first.split !== null) return sequence(first.split[0], sequence(first.split[1], rest));
  return intern(`sequence ${first.id} ${rest.id}`, {
    matchesEmpty: first.matchesEmpty && rest.matchesEmpty,
    split: [first, rest],
    after: (digit) =>
      either([
        sequence(first.after(digit) as Interned, rest),
        first.matchesEmpty ? (rest.after(digit) as Interned) : nothing,
      ]),
  });
}

function either(choices: readonly Interned[]): Interned {
  const flat = choices.flatMap((choice) => (choice.options.length > 0 ? choice.options : [choice]));
  if (flat.includes(anything)) return anything;
  const mask = flat.reduce((all, choice) => all | choice.mask, 0);
  const others = flat.filter((choice) => choice !== nothing && choice.mask === 0);
  const options = [...new Set(mask === 0 ? others : [...others, oneOf(mask)])].toSorted(
    (a, b) => a.id - b.id,
  );
  const [only] = options;
  if (only === undefined) return nothing;
  if (options.length === 1) return only;
  return intern(`either ${options.map((option) => option.id).join(' ')}`, {
    matchesEmpty: options.some((option) => option.matchesEmpty),
    options,
    after: (digit) => either(options.map((option) => option.after(digit) as Interned)),
  });
}

function repeat(part: Interned, fewest: number, most: number): Interned {
  let whole = empty;
  for (let count = most; count > 0; count--) {
    const next = sequence(part, whole);
    whole = count > fewest ? either([empty, next]) : next;
  }
  return whole;
}

/** Reads the subset of regular expressions that numbering plans use: digits, `\d`, classes, `(?:…)`, `|`, `?`, `{n}`, `{n,m}`. */
export function parsePattern(pattern: string): Expression {
  return parse(pattern);
}

/** Matches everything that starts with a match of `pattern`. */
export function parsePrefix(pattern: string): Expression {
  return sequence(parse(pattern), anything);
}

const TOKEN = /\(\?:|[)|]|\\d|\d|\[[\d-]+\]|\?|\{\d+(?:,\d+)?\}/y;

function parse(pattern: string): Interned {
  const tokens = tokenize(pattern);
  const result = parseChoice(tokens);
  if (tokens.length > 0) throw new Error(`unexpected ${tokens[0]} in pattern ${pattern}`);
  return result;
}

function tokenize(pattern: string): string[] {
  const tokens: string[] = [];
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < pattern.length) {
    const at = TOKEN.lastIndex;
    const token = TOKEN.exec(pattern)?.[0];
    if (token === undefined) throw new Error(`cannot read pattern ${pattern} at ${at}`);
    tokens.push(token);
  }
  return tokens;
}

function parseChoice(tokens: string[]): Interned {
  const choices = [parseSequence(tokens)];
  while (tokens[0] === '|') {
    tokens.shift();
    choices.push(parseSequence(tokens));
  }
  return either(choices);
}

function parseSequence(tokens: string[]): Interned {
  const parts: Interned[] = [];
  while (tokens[0] !== undefined && tokens[0] !== '|' && tokens[0] !== ')')
    parts.push(parseQuantified(tokens));
  return parts.reduceRight((rest, part) => sequence(part, rest), empty);
}

function parseQuantified(tokens: string[]): Interned {
  const atom = parseAtom(tokens);
  const quantifier = tokens[0] ?? '';
  if (quantifier !== '?' && !quantifier.startsWith('{')) return atom;
  tokens.shift();
  const [fewest = 0, most = fewest] =
    quantifier === '?' ? [0, 1] : quantifier.slice(1, -1).split(',').map(Number);
  return repeat(atom, fewest, most);
}

function parseAtom(tokens: string[]): Interned {
  const token = tokens.shift() ?? '';
  if (token === '(?:') {
    const group = parseChoice(tokens);
    if (tokens.shift() !== ')') throw new Error('a group is not closed');
    return group;
  }
  if (token === '\\d') return oneOf(0x3ff);
  if (/^\d$/.test(token)) return oneOf(1 << Number(token));
  if (token.startsWith('[')) return oneOf(classMask(token.slice(1, -1)));
  throw new Error(`unexpected ${token} in a pattern`);
}

/** `0-35` is 0, 1, 2, 3 and 5. */
function classMask(body: string): number {
  let mask = 0;
  for (const [, from, to = from] of body.matchAll(/(\d)(?:-(\d))?/g))
    for (let digit = Number(from); digit <= Number(to); digit++) mask |= 1 << digit;
  return mask;
}
