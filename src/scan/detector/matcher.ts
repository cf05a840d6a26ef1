import type { LeakRule } from '../../vendors/leak-rule.ts';
import type { Detection } from '../detection.ts';
import type { Judge } from './judge.ts';
import type { Memory } from './memory.ts';
import { demandOf, holdsRun, type RunDemand } from './runs.ts';
import type { Range, Slice } from './slices.ts';
import { anyForm, type ValueForm, valueShapesOf } from './value-form.ts';

/** A match that has passed all checks. Offsets count from the start of the slice. */
export interface Match {
  readonly start: number;
  readonly end: number;
  readonly companions: Readonly<Record<string, string>>;
  readonly confidence: Detection['confidence'];
}

/** One of the forms of a rule's value. */
interface Shape {
  readonly demand: RunDemand | null;
  readonly value: RegExp;
}

/** Applies one rule to slices. */
export interface Matcher {
  readonly rule: LeakRule;
  /** What all values of the rule have in common; null when its pattern does not tell. */
  readonly form: ValueForm | null;
  /** False when the range holds no run of bytes that could be a value. A cheap check that rules most slices out. */
  mayMatch(bytes: Uint8Array, range: Range): boolean;
  matches(slice: Slice): readonly Match[];
}

/** A match that ends this close to a cut is dropped: it may continue beyond the cut, or depend on what lies there. */
const MARGIN = 2;
const NONE: readonly Match[] = [];

/** What the matchers of a detector share. */
export interface Shared {
  readonly judge: Judge;
  readonly memory: Memory;
  /** Patterns of values, by their source. */
  readonly values: Map<string, RegExp>;
}

/** `number` tells the rule from the others that share. */
export function createMatcher(rule: LeakRule, number: number, { judge, memory, values }: Shared): Matcher {
  const valueShapes = valueShapesOf(rule.pattern);
  const shapes = valueShapes.map(({ form, pattern }): Shape => {
    const value = values.get(String(pattern)) ?? pattern;
    values.set(String(value), value);
    return { demand: demandOf(form), value };
  });
  let isCompiled = false;

  function search(slice: Slice): readonly Match[] {
    const mayHold = shapes.some(({ demand, value }) => isMet(demand, slice.bytes, slice) && slice.has(value));
    if (!mayHold) return NONE;
    if (!isCompiled) compile(rule.pattern);
    isCompiled = true;
    return applyRule(rule, judge, slice);
  }

  function mayMatch(bytes: Uint8Array, range: Range): boolean {
    for (let shape = 0; shape < shapes.length; shape++)
      if (isMet((shapes[shape] as Shape).demand, bytes, range)) return true;
    return false;
  }

  function matches(slice: Slice): readonly Match[] {
    // Only a slice that is cut at both ends can be remembered: at an edge of the document, the edge matters as well.
    if (!slice.cutBefore || !slice.cutAfter) return search(slice);
    const known = memory.find(number, slice);
    if (known !== undefined) return known;
    const found = search(slice);
    memory.keep(number, slice, found);
    return found;
  }
  return { rule, form: anyForm(valueShapes.map(({ form }) => form)), mayMatch, matches };
}

/** A text long enough that V8 compiles a new expression at once instead of interpreting it first. */
const LONG_TEXT = ' '.repeat(1000);

/** Compiling patterns as large as ours takes a quarter of the time that preparing and interpreting them would take. */
function compile(pattern: RegExp): void {
  pattern.lastIndex = 0;
  pattern.test(LONG_TEXT);
}

const isMet = (demand: RunDemand | null, bytes: Uint8Array, range: Range): boolean =>
  demand === null || holdsRun(bytes, range, demand);

/** All matches in the slice, except those so near to a cut that the text beyond it may change them. */
function applyRule(rule: LeakRule, judge: Judge, slice: Slice): readonly Match[] {
  const { cutBefore, cutAfter } = slice;
  const text = slice.text();
  const { pattern } = rule;
  const found: Match[] = [];
  let next = 0;
  while (next <= text.length) {
    pattern.lastIndex = next;
    const match = pattern.exec(text);
    if (match === null) break;
    const end = match.index + match[0].length;
    const cutAtStart = cutBefore && match.index < MARGIN;
    next = cutAtStart ? match.index + 1 : Math.max(end, match.index + 1);
    const place = match.indices?.groups?.['secret'];
    if (cutAtStart || (cutAfter && end > text.length - MARGIN) || place === undefined) continue;
    const confidence = judge(rule, slice, place);
    if (confidence === null) continue;
    const [start, stop] = place;
    found.push({ start, end: stop, companions: companionsOf(match.groups ?? {}), confidence });
  }
  return found;
}

function companionsOf(groups: Readonly<Record<string, string | undefined>>): Record<string, string> {
  const companions: Record<string, string> = {};
  for (const [name, value] of Object.entries(groups))
    if (name !== 'secret' && value !== undefined) companions[name] = value;
  return companions;
}
