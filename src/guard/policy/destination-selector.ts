import type { Destination } from '../../intent/intent.ts';
import type { PolicyRule } from './schema.ts';
import { setOf } from './selector.ts';

export type DestinationTest = (destination: Destination) => boolean;
type To = NonNullable<PolicyRule['to']>;

/**
 * The destinations that a rule means: those that pass the test of every dimension it names. Null: it names none.
 * What is not a number, or is not known well enough to tell, is not covered by an allow rule (`isAllow`), and is covered by
 * a deny rule or a limit.
 */
export function compileTo(to: PolicyRule['to'], isAllow: boolean): DestinationTest | null {
  if (to === undefined) return null;
  const tests = [
    kinds(to),
    countries(to),
    notCountries(to, isAllow),
    numbers(to),
    prefixes(to),
    notPrefixes(to, isAllow),
    lineTypes(to, isAllow),
    premium(to),
    satellite(to),
    invalid(to),
  ].filter((one) => one !== null);
  return allOf(tests);
}

function allOf(tests: readonly DestinationTest[]): DestinationTest {
  const [only] = tests;
  if (only !== undefined && tests.length === 1) return only;
  return (destination) => {
    for (const test of tests) if (!test(destination)) return false;
    return true;
  };
}

function kinds(to: To): DestinationTest | null {
  const named = setOf(to.kinds);
  return named === null ? null : ({ kind }) => named.has(kind);
}

function countries(to: To): DestinationTest | null {
  const named = setOf(to.countries);
  return named === null ? null : ({ phone }) => named.has(phone?.country ?? '');
}

/** A number whose country is not known may lie in one that is excluded, or in none of them. */
function notCountries(to: To, isAllow: boolean): DestinationTest | null {
  const excluded = setOf(to.notCountries);
  if (excluded === null) return null;
  return ({ phone }) => phone !== null && (phone.country === null ? !isAllow : !excluded.has(phone.country));
}

function numbers(to: To): DestinationTest | null {
  const named = setOf(to.numbers);
  return named === null ? null : ({ address }) => named.has(address);
}

function prefixes({ prefixes: named }: To): DestinationTest | null {
  return named === undefined ? null : ({ address }) => named.some((one) => address.startsWith(one));
}

function notPrefixes({ notPrefixes: excluded }: To, isAllow: boolean): DestinationTest | null {
  if (excluded === undefined) return null;
  return ({ address, phone }) =>
    !(isAllow && phone === null) && !excluded.some((one) => address.startsWith(one));
}

function lineTypes(to: To, isAllow: boolean): DestinationTest | null {
  const named = setOf(to.lineTypes);
  if (named === null) return null;
  return ({ phone }) => !(isAllow && phone === null) && named.has(phone?.lineType ?? 'unknown');
}

function premium({ premium: wanted }: To): DestinationTest | null {
  return wanted === undefined ? null : ({ phone }) => (phone?.premium ?? false) === wanted;
}

function satellite({ satellite: wanted }: To): DestinationTest | null {
  return wanted === undefined ? null : ({ phone }) => (phone?.satellite ?? false) === wanted;
}

function invalid({ invalid: wanted }: To): DestinationTest | null {
  return wanted === undefined ? null : ({ phone }) => (phone !== null && !phone.valid) === wanted;
}
