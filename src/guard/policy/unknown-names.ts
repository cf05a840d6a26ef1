import { nearest } from '../../kernel/nearest.ts';
import type { PolicyDocument } from './schema.ts';

type Named = readonly { readonly id: string; readonly name: string }[];

/** What exists, of each kind that a policy may name ahead of time. */
export interface Existing {
  readonly app: Named;
  readonly key: Named;
  readonly account: Named;
}

type Kind = keyof Existing;

interface Stated {
  readonly where: string;
  readonly kind: Kind;
  readonly name: string;
}

/** More would not be read; nor are more names compared, of which there may be a hundred thousand. */
const MOST_TOLD = 20;
const MOST_COMPARED = 10_000;

/**
 * Apps, keys and accounts that a policy names and that do not exist, in words. They may come after the policy, so nothing is
 * refused; but a rule with a misspelt name fits nobody, and its writer would believe that it does.
 */
export function unknownNames(document: PolicyDocument, existing: Existing): readonly string[] {
  const taken = {
    app: referencesOf(existing.app),
    key: referencesOf(existing.key),
    account: referencesOf(existing.account),
  };
  const unknown = statedIn(document).filter(({ kind, name }) => !taken[kind].has(name));
  const more = unknown.length - MOST_TOLD;
  return [
    ...unknown.slice(0, MOST_TOLD).map((stated) => describe(stated, existing[stated.kind])),
    ...(more > 0 ? [`and ${more} more names that do not exist yet.`] : []),
  ];
}

/** Where a policy speaks of one, by any of what it is called. */
export function namedInPolicy(
  document: PolicyDocument,
  kind: Kind,
  names: readonly string[],
): readonly Pick<Stated, 'where' | 'name'>[] {
  return statedIn(document).filter((stated) => stated.kind === kind && names.includes(stated.name));
}

function referencesOf(named: Named): ReadonlySet<string> {
  return new Set(named.flatMap(({ id, name }) => [id, name]));
}

function statedIn({ rules, limits = [] }: PolicyDocument): readonly Stated[] {
  return [...rules, ...limits].flatMap(({ id, who, what }) => {
    const named = (kind: Kind, names: readonly string[] = []): readonly Stated[] =>
      names.map((name) => ({ where: id, kind, name }));
    return [...named('app', who?.apps), ...named('key', who?.keys), ...named('account', what?.accounts)];
  });
}

function describe({ where, kind, name }: Stated, existing: Named): string {
  const names = existing.slice(0, MOST_COMPARED).map((one) => one.name);
  const near = nearest(name, names);
  const advice = near === null ? '.' : `; did you mean ${JSON.stringify(near)}?`;
  return `${where}: there is no ${kind} ${JSON.stringify(name)} yet${advice}`;
}
