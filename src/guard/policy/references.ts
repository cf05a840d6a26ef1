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
 * Throws `input_invalid` that tells every country, vendor or operation that does not exist: a deny rule or a limit that names it
 * would hold for nothing while everybody believes that it does. Asked before a policy is stored, not when it is loaded:
 * a later version may not have an operation any more. The same holds for a callback host that is not a host name. Apps, keys
 * and accounts may be created after the policy that names them.
 */
export function checkReferences(document: PolicyDocument, vendors: readonly KnownVendor[]): void {
  const ids = new Set(vendors.map(({ id }) => id));
  const operations = new Set(vendors.flatMap(({ operations: { rows } }) => rows.map(({ id }) => id)));
  const kinds: Readonly<Record<'country' | 'vendor' | 'operation', Kind>> = {
    country: {
      kind: 'country',
      isKnown: isCountry,
      meant: (name) => MISTAKEN[name] ?? null,
      where: 'ISO 3166 lists them',
    },
    vendor: {
      kind: 'vendor',
      isKnown: (name) => ids.has(name),
      meant: (name) => nearest(name, [...ids]),
      where: '`ringfence status` lists them',
    },
    operation: {
      kind: 'operation',
      isKnown: (name) => operations.has(name),
      meant: (name) => nearest(name, [...operations]),
      where: 'docs/reference/operations lists them',
    },
  };
  const unknown = ({ id, what, to }: PolicyRule | PolicyLimit): readonly Problem[] => [
    ...unknownOf(id, kinds.vendor, what?.vendors),
    ...unknownOf(id, kinds.operation, what?.operations),
    ...unknownOf(id, kinds.country, [...(to?.countries ?? []), ...(to?.notCountries ?? [])]),
  ];
  const problems = [
    ...document.rules.flatMap((rule) => [...unknown(rule), ...foreignHosts(rule)]),
    ...(document.limits ?? []).flatMap(unknown),
  ];
  if (problems.length > 0) throw invalid(problems);
}

/** Words are found only for what is told: each asks for the nearest of hundreds of names. */
type Problem = () => string;

/** A host that no URL has would allow nothing, and its writer would believe that it does. */
function foreignHosts({ id, callbacks }: PolicyRule): readonly Problem[] {
  const wrong = callbacks?.hosts.filter((host) => hostOf(host) !== host.toLowerCase()) ?? [];
  return wrong.map((host) => () => {
    const meant = hostOf(URL.canParse(host) ? new URL(host).hostname : '') ?? hostOf(host);
    return `${id}: callbacks.hosts: ${JSON.stringify(host)} is not a host name, whole and without port${meant === null ? ', such as voice.example.com.' : `; did you mean ${JSON.stringify(meant)}?`}`;
  });
}

/** The host as URLs have it; null for what is none. */
function hostOf(text: string): string | null {
  const url = `https://${text}/`;
  return /[\s/\\@?#*]/.test(text) || !URL.canParse(url) ? null : new URL(url).hostname || null;
}

interface Kind {
  readonly kind: string;
  readonly isKnown: (name: string) => boolean;
  readonly meant: (name: string) => string | null;
  readonly where: string;
}

const MOST_TOLD = 10;

/** Codes that people take for those of ISO 3166. */
const MISTAKEN: Readonly<Record<string, string>> = { UK: 'GB', EL: 'GR' };

function unknownOf(
  id: string,
  { kind, isKnown, meant, where }: Kind,
  names: readonly string[] = [],
): readonly Problem[] {
  const unknown = names.filter((name) => !isKnown(name));
  return unknown.map((name) => () => {
    const near = meant(name);
    const advice = near === null ? `${where}.` : `did you mean ${JSON.stringify(near)}?`;
    return `${id}: there is no ${kind} ${JSON.stringify(name)}; ${advice}`;
  });
}

function invalid(problems: readonly Problem[]): RingfenceError {
  const told = problems.slice(0, MOST_TOLD).map((say) => say());
  const more = problems.length - told.length;
  const lines = more > 0 ? [...told, `and ${more} more.`] : told;
  const between = lines.length === 1 ? ' ' : '\n';
  return new RingfenceError('input_invalid', `The policy is not valid:${between}${lines.join('\n')}`);
}
