import { type AST, RegExpParser } from '@eslint-community/regexpp';

/**
 * A backtracking matcher as the standard describes it, which counts its steps: how much work can a text make for a
 * pattern? Engines save some of the steps; none takes more of them. Time is no measure, as it differs from run to run.
 */

type Continue = (at: number) => boolean;
type Match = (at: number, then: Continue) => boolean;

interface Run {
  text: string;
  steps: number;
  readonly limit: number;
}

export class TooManySteps extends Error {}

/** Parses a pattern; group modifiers and references are not used by rules and are refused. */
export function parse(pattern: RegExp): AST.Pattern {
  return new RegExpParser({ ecmaVersion: 2025 }).parsePattern(pattern.source);
}

/** Makes a function that counts the steps of all attempts, from each place of a text. Throws TooManySteps above `limit`. */
export function createStepCounter(pattern: RegExp, limit: number): (text: string) => number {
  const run: Run = { text: '', steps: 0, limit };
  const match = anyOf(parse(pattern).alternatives, createCompiler(run, pattern.ignoreCase), false);
  return (text) => {
    run.text = text;
    run.steps = 0;
    for (let start = 0; start <= text.length; start++) match(start, () => true);
    return run.steps;
  };
}

/** All repetitions, also those within others and in lookarounds. */
export function quantifiersIn(alternatives: readonly AST.Alternative[]): AST.Quantifier[] {
  const found: AST.Quantifier[] = [];
  const visit = (element: AST.Element): void => {
    if (element.type === 'Quantifier') {
      found.push(element);
      visit(element.element);
    } else if ('alternatives' in element) {
      found.push(...quantifiersIn(element.alternatives));
    }
  };
  for (const { elements } of alternatives) for (const element of elements) visit(element);
  return found;
}

type Compile = (element: AST.Element, backward: boolean) => Match;

function createCompiler(run: Run, caseless: boolean): Compile {
  const step = (): void => {
    if (++run.steps > run.limit) throw new TooManySteps();
  };
  const compile: Compile = (element, backward) => {
    switch (element.type) {
      case 'Character':
      case 'CharacterSet':
      case 'CharacterClass':
        return one(run, step, bytesOf(element.raw, caseless), backward);
      case 'CapturingGroup':
      case 'Group':
        return anyOf(element.alternatives, compile, backward);
      case 'Quantifier':
        return repeated(element, compile(element.element, backward), step);
      case 'Assertion':
        return assertion(run, element, compile);
      default:
        throw new Error(`${element.type} in a rule`);
    }
  };
  return compile;
}

function one(run: Run, step: () => void, bytes: Uint8Array, backward: boolean): Match {
  return (at, then) => {
    step();
    const place = backward ? at - 1 : at;
    if (place < 0 || place >= run.text.length || bytes[run.text.charCodeAt(place)] !== 1) return false;
    return then(backward ? place : at + 1);
  };
}

const bytesByRaw = new Map<string, Uint8Array>();

/** Which characters a piece of source matches, as the engine sees them. */
export function bytesOf(raw: string, caseless: boolean): Uint8Array {
  const key = `${raw} ${caseless}`;
  const known = bytesByRaw.get(key);
  if (known !== undefined) return known;
  const pattern = new RegExp(`^${raw === '/' ? '\\/' : raw}$`, caseless ? 'i' : '');
  const bytes = Uint8Array.from({ length: 256 }, (_, code) =>
    Number(pattern.test(String.fromCharCode(code))),
  );
  bytesByRaw.set(key, bytes);
  return bytes;
}

function anyOf(alternatives: readonly AST.Alternative[], compile: Compile, backward: boolean): Match {
  const sequences = alternatives.map(({ elements }) => {
    const matches = elements.map((element) => compile(element, backward));
    return inOrder(backward ? matches.toReversed() : matches);
  });
  return (at, then) => sequences.some((match) => match(at, then));
}

function inOrder(matches: readonly Match[]): Match {
  const from = (place: number, at: number, then: Continue): boolean => {
    const match = matches[place];
    return match === undefined ? then(at) : match(at, (next) => from(place + 1, next, then));
  };
  return (at, then) => from(0, at, then);
}

function repeated({ min, max, greedy }: AST.Quantifier, match: Match, step: () => void): Match {
  const after = (times: number, at: number, then: Continue): boolean => {
    step();
    const again = (): boolean =>
      times < max &&
      match(at, (next) => (next === at && times >= min ? false : after(times + 1, next, then)));
    if (times < min) return again();
    return greedy ? again() || then(at) : then(at) || again();
  };
  return (at, then) => after(0, at, then);
}

function assertion(run: Run, element: AST.Assertion, compile: Compile): Match {
  switch (element.kind) {
    case 'lookahead':
    case 'lookbehind': {
      const match = anyOf(element.alternatives, compile, element.kind === 'lookbehind');
      return (at, then) => match(at, () => true) !== element.negate && then(at);
    }
    case 'word': {
      const isWord = (at: number): boolean => /\w/.test(run.text[at] ?? '');
      return (at, then) => (isWord(at - 1) !== isWord(at)) !== element.negate && then(at);
    }
    case 'start':
      return (at, then) => at === 0 && then(at);
    case 'end':
      return (at, then) => at === run.text.length && then(at);
  }
}
