import type { PolicyDocument } from './schema.ts';
import { unknownNames, type Existing } from './unknown-names.ts';

/** What may not be meant, though it is taken; `existing` is null where nobody knows which apps, keys and accounts there are. */
export function policyWarnings(document: PolicyDocument, existing: Existing | null): readonly string[] {
  return [...nothingAllowed(document), ...(existing === null ? [] : unknownNames(document, existing))];
}

function nothingAllowed({ mode, rules }: PolicyDocument): readonly string[] {
  if (rules.some(({ effect }) => effect === 'allow')) return [];
  const when = mode === 'enforce' ? 'so' : 'so once the mode is enforce';
  return [`no rule allows anything, ${when} every request is refused.`];
}
