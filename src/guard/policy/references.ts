import { RingfenceError } from '../../kernel/errors.ts';
import { nearest } from '../../kernel/nearest.ts';
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
 * a later version may not have an operation any more. The same holds for a callback host that is not a host name. Apps, keys
 * and accounts may be created after the policy that names them.
 */
export function checkReferences(document: PolicyDocument, vendors: readonly KnownVendor[]): void {
  const ids = new Set(vendors.map(({ id }) => id));
  const operations = new Set(vendors.flatMap(({ operations: { rows } }) => rows.map(({ id }) => id)));
  const kinds: Kinds = {
    country: { isKnown: isCountry, meant: (name) => MISTAKEN[name] ?? null, where: 'ISO 3166 lists them' },
    vendor: {
      isKnown: (name) => ids.has(name),
      meant: (name) => nearest(name, [...ids]),
      where: '`ringfence status` lists them',
    },
    operation: {
      isKnown: (name) => operations.has(name),
      meant: (name) => nearest(name, [...operations]),
      where: 'docs/reference/operations lists them',
    },
  };
  for (const one of [...document.rules, ...(document.limits ?? [])]) {
    const { what, to } = one;
    refuseUnknown(one, 'country', [...(to?.countries ?? []), ...(to?.notCountries ?? [])], kinds);
    refuseUnknown(one, 'vendor', what?.vendors ?? [], kinds);
    refuseUnknown(one, 'operation', what?.operations ?? [], kinds);
  }
  document.rules.forEach(refuseForeignHosts);
}

/** A host that no URL has would allow nothing, and its writer would believe that it does. */
function refuseForeignHosts({ id, callbacks }: PolicyRule): void {
  const wrong = callbacks?.hosts.find((host) => hostOf(host) !== host.toLowerCase());
  if (wrong === undefined) return;
  const meant = hostOf(URL.canParse(wrong) ? new URL(wrong).hostname : '') ?? hostOf(wrong);
  throw invalid(
    `${id}: callbacks.hosts: ${JSON.stringify(wrong)} is not a host name, whole and without port${meant === null ? ', such as voice.example.com.' : `; did you mean ${JSON.stringify(meant)}?`}`,
  );
}

/** The host as URLs have it; null for what is none. */
function hostOf(text: string): string | null {
  const url = `https://${text}/`;
  return /[\s/\\@?#*]/.test(text) || !URL.canParse(url) ? null : new URL(url).hostname || null;
}

type Kind = 'country' | 'vendor' | 'operation';
type Kinds = Readonly<
  Record<
    Kind,
    {
      readonly isKnown: (name: string) => boolean;
      readonly meant: (name: string) => string | null;
      readonly where: string;
    }
  >
>;

/** Codes that people take for those of ISO 3166. */
const MISTAKEN: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

function refuseUnknown(
  { id }: PolicyRule | PolicyLimit,
  kind: Kind,
  names: readonly string[],
  kinds: Kinds,
): void {
  const { isKnown, meant, where } = kinds[kind];
  const unknown = names.find((name) => !isKnown(name));
  if (unknown === undefined) return;
  const near = meant(unknown);
  const advice = near === null ? `${where}.` : `did you mean ${JSON.stringify(near)}?`;
  throw invalid(`${id}: there is no ${kind} ${JSON.stringify(unknown)}; ${advice}`);
}

function invalid(problem: string): RingfenceError {
  return new RingfenceError('input_invalid', `The policy is not valid: ${problem}`);
}
