import type { LeakRule } from '../vendors/leak-rule.ts';
import type { Detector } from './detection.ts';
import { createDetector as createOf } from './detector/detector.ts';
import { LEAK_RULES } from './rules/all.ts';

/** The rules with these ids, in the order of all rules; null: all of them. */
export function selectRules(ids: readonly string[] | null): readonly LeakRule[] {
  return ids === null ? LEAK_RULES : LEAK_RULES.filter(({ id }) => ids.includes(id));
}

/** The detector of the rules with these ids. */
export function createDetector(options: unknown): Detector {
  const { ids } = options as { readonly ids: readonly string[] | null };
  return createOf(selectRules(ids));
}
