import { VENDOR_LEAK_CHECKS } from '../../vendors/leak-checks.ts';
import type { LeakCheck } from '../../vendors/leak-check.ts';
import { checkOf } from './recipe.ts';
import { RECIPES } from './recipes/all.ts';

/** How to ask about what a rule finds, by the rule's id. */
export function allChecks(): ReadonlyMap<string, LeakCheck> {
  const all = [...VENDOR_LEAK_CHECKS, ...RECIPES.map(checkOf)];
  return new Map(all.flatMap((check) => check.rules.map((rule) => [rule, check] as const)));
}
