import { RingfenceError } from '../../kernel/errors.ts';
import { isCountry } from '../../kernel/numbering/countries.ts';
import type { PolicyDocument, PolicyLimit, PolicyRule } from './schema.ts';

/** What of a vendor a policy can name. */
export interface KnownVendor {
  readonly id: string;
  readonly operations: { readonly rows: readonly { readonly id: string }[] };
}

/**
 * Throws `input_invalid` for a country, vendor or operation that does not exist: a deny rule or a limit that names it
 * would hold for nothing while everybody believes that it does. Asked before a policy is stored, not when it is loaded:
 * an operation may go with a version. Apps, keys and accounts may come after the policy that names them.
 */
export function checkReferences(document: PolicyDocument, vendors: readonly KnownVendor[]): void {
  const ids = new Set(vendors.map(({ id }) => id));
  const operations = new Set(vendors.flatMap(({ operations: { rows } }) => rows.map(({ id }) => id)));
  for (const one of [...document.rules, ...(document.limits ?? [])]) {
    const { what, to } = one;
    refuseUnknown(one, 'country', [...(to?.countries ?? []), ...(to?.notCountries ?? [])], isCountry);
    refuseUnknown(one, 'vendor', what?.vendors ?? [], (name) => ids.has(name));
    refuseUnknown(one, 'operation', what?.operations ?? [], (name) => operations.has(name));
  }
}

const WHERE = {
  country: 'ISO 3166 lists them',
  vendor: '`ringfence status` lists them',
  operation: 'docs/reference/operations lists them',
} as const;

function refuseUnknown(
  { id }: PolicyRule | PolicyLimit,
  what: keyof typeof WHERE,
  names: readonly string[],
  isKnown: (name: string) => boolean,
): void {
  const unknown = names.find((name) => !isKnown(name));
  if (unknown === undefined) return;
  const problem = `${id}: there is no ${what} ${JSON.stringify(unknown)}; ${WHERE[what]}`;
  throw new RingfenceError('input_invalid', `The policy is not valid: ${problem}.`);
}
