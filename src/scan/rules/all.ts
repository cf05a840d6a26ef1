import type { LeakRule } from '../../vendors/leak-rule.ts';
import { loadGroups, RULE_GROUPS } from './groups.ts';

/** Every form of credential that the scanner knows. */
export const LEAK_RULES: readonly LeakRule[] = await loadGroups(new Set(Object.keys(RULE_GROUPS)));
