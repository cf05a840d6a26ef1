import type { LineType } from '../../src/kernel/numbering/facts.ts';
import { NOTHING, type Expression } from './expression.ts';
import type { CallingCode, CountryPlan, TypeRule } from './plans.ts';

/** What is known of a number, apart from its operator. */
export interface NumberClass {
  readonly country: string | null;
  readonly lineType: LineType;
  readonly valid: boolean;
  readonly satellite: boolean;
}

/** A minimal automaton over the digits after `+`. State 0 is the start. */
export interface Automaton {
  readonly classes: readonly NumberClass[];
  /** Class of a number that ends in the state. */
  readonly classOf: readonly number[];
  /** Ten following states of each state. */
  readonly next: readonly number[];
}

interface State {
  readonly ends: NumberClass;
  /** The ten following states; null when every digit leads back to the state itself. */
  readonly next: readonly State[] | null;
}

/** E.164 has at most fifteen digits. */
const MOST_DIGITS = 15;
const NOWHERE: NumberClass = { country: null, lineType: 'unknown', valid: false, satellite: false };

/** Compiles all numbering plans into one automaton. Equal states are merged, so common tails are stored once. */
export function compileAutomaton(codes: readonly CallingCode[]): Automaton {
  const states = createStates();
  const starts = new Map(codes.map((code) => [code.code, compileCode(code, states)]));
  return numberStates(callingCodeState('', starts, states), states.classes);
}

/** State after `prefix`, the beginning of a calling code: one more digit completes a code, prolongs the beginning, or leads nowhere. */
function callingCodeState(prefix: string, starts: ReadonlyMap<string, State>, states: States): State {
  const start = starts.get(prefix);
  if (start !== undefined) return start;
  if (![...starts.keys()].some((code) => code.startsWith(prefix))) return states.sink(NOWHERE);
  return states.state(NOWHERE, (digit) => callingCodeState(`${prefix}${digit}`, starts, states));
}

/** Follows all patterns of a calling code at once. */
function compileCode({ code, countries, satellite }: CallingCode, states: States): State {
  const patterns = [...new Set([satellite, ...countries.flatMap(patternsOf)])];
  const known = new Map<string, State>();
  const build = (current: readonly Expression[], length: number): State => {
    const key = `${length} ${current.map((one) => one.id).join(' ')}`;
    const found = known.get(key);
    if (found !== undefined) return found;
    const at = new Map(patterns.map((pattern, index) => [pattern, current[index] ?? NOTHING]));
    const matches = (pattern: Expression): boolean => at.get(pattern)?.matchesEmpty === true;
    const ends = classify(countries, { matches, satellite: matches(satellite) });
    const following = (digit: number): State =>
      build(
        current.map((one) => one.after(digit)),
        length + 1,
      );
    const full = code.length + length >= MOST_DIGITS;
    const made = full || current.every(isFixed) ? states.sink(ends) : states.state(ends, following);
    known.set(key, made);
    return made;
  };
  return build(patterns, 0);
}

/** True when no further digit can change the result. */
function isFixed(expression: Expression): boolean {
  return expression === NOTHING || expression.after(0) === expression;
}

function patternsOf({ general, leading, fixed, mobile, others }: CountryPlan): Expression[] {
  const rules = [fixed, mobile === 'same as fixed' ? null : mobile, ...others];
  return [general, leading ?? general, ...rules.flatMap((rule) => rule?.pattern ?? [])];
}

/** What has matched when a national number ends. */
interface Ending {
  readonly matches: (pattern: Expression) => boolean;
  readonly satellite: boolean;
}

function classify(countries: readonly CountryPlan[], ending: Ending): NumberClass {
  const [main] = countries;
  const plan = countries.length === 1 ? main : countries.find((country) => isIn(country, ending));
  const type = plan === undefined ? null : typeOf(plan, ending);
  return {
    country: plan?.country ?? null,
    lineType: type !== null && ending.satellite ? 'satellite' : (type ?? 'unknown'),
    valid: type !== null,
    satellite: ending.satellite,
  };
}

function isIn(plan: CountryPlan, ending: Ending): boolean {
  return plan.leading === null ? typeOf(plan, ending) !== null : ending.matches(plan.leading);
}

function typeOf({ general, fixed, mobile, others }: CountryPlan, ending: Ending): LineType | null {
  const fits = (rule: TypeRule | null): boolean => rule !== null && ending.matches(rule.pattern);
  if (!ending.matches(general)) return null;
  if (fits(fixed)) return mobile === 'same as fixed' || fits(mobile) ? 'fixed-or-mobile' : 'fixed';
  if (mobile !== 'same as fixed' && fits(mobile)) return 'mobile';
  return others.find(fits)?.lineType ?? null;
}

interface States {
  readonly classes: readonly NumberClass[];
  state(ends: NumberClass, following: (digit: number) => State): State;
  /** A state that no digit leaves. */
  sink(ends: NumberClass): State;
}

const DIGITS = Array.from({ length: 10 }, (_, digit) => digit);

/** Creates states. Equal ones (same class, same following states) are one object, which keeps the automaton minimal. */
function createStates(): States {
  const classes = new Map<string, NumberClass>();
  const states = new Map<string, State>();
  const ids = new Map<State, number>();
  const once = (key: string, make: () => State): State => {
    const known = states.get(key);
    if (known !== undefined) return known;
    const made = make();
    states.set(key, made);
    ids.set(made, ids.size);
    return made;
  };
  const classKey = (ends: NumberClass): string => {
    const key = Object.values(ends).join();
    if (!classes.has(key)) classes.set(key, ends);
    return key;
  };
  const sink = (ends: NumberClass): State => once(classKey(ends), () => ({ ends, next: null }));
  return {
    get classes() {
      return [...classes.values()];
    },
    sink,
    state(ends, following) {
      const key = classKey(ends);
      const next = DIGITS.map(following);
      const rest = sink(ends);
      if (next.every((one) => one === rest)) return rest;
      return once(`${key} ${next.map((one) => ids.get(one)).join(' ')}`, () => ({ ends, next }));
    },
  };
}

/** Numbers the states in the order in which a walk from the start meets them. */
function numberStates(start: State, classes: readonly NumberClass[]): Automaton {
  const numbers = new Map<State, number>([[start, 0]]);
  const classNumbers = new Map(classes.map((one, index) => [Object.values(one).join(), index]));
  const classOf: number[] = [];
  const next: number[] = [];
  // The loop also visits the states that its body adds, because a Map yields entries that are added during iteration.
  for (const [state] of numbers) {
    classOf.push(classNumbers.get(Object.values(state.ends).join()) ?? 0);
    for (const digit of DIGITS) {
      const following = state.next?.[digit] ?? state;
      if (!numbers.has(following)) numbers.set(following, numbers.size);
      next.push(numbers.get(following) ?? 0);
    }
  }
  return { classes, classOf, next };
}
