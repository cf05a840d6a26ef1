import type { Answer } from '../../api/contract.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import type { CommonFlags } from '../flags.ts';
import { minute, openSession, tableText } from '../session.ts';

export interface ListFlags extends CommonFlags {
  readonly key?: string;
  readonly app?: string;
  readonly state?: 'reserved' | 'committed' | 'released' | 'unknown';
  readonly limit?: number;
}

export async function list(context: CliContext, flags: ListFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const { key, app, state, limit } = flags;
  table(await client.call('ledger.list', { key, app, state, limit }), {
    ID: ({ id }) => id,
    TIME: ({ at }) => minute(at),
    OPERATION: ({ operation }) => operation,
    TO: ({ country }) => country,
    STATE: stateOf,
    AMOUNT: ({ amount, currency }) => `${amount} ${currency}`,
  });
}

/** Says where the amount is the bound: for now, or for good because no price was stated in its currency. */
function stateOf({
  state,
  settled,
  atBound,
}: {
  readonly state: string;
  readonly settled: boolean;
  readonly atBound: boolean;
}): string {
  if (state !== 'committed') return state;
  if (atBound) return 'committed (bound, no price)';
  return settled ? state : 'committed (bound)';
}

type Unknown = Answer<'ledger.unknown'>[number];

export async function unknown(
  context: CliContext,
  flags: CommonFlags & { readonly limit?: number },
): Promise<void> {
  const { client, show } = await openSession(context, flags);
  show(await client.call('ledger.unknown', { limit: flags.limit }), unknownText);
}

const SEARCHES: Readonly<Record<Unknown['search'], { readonly name: string; readonly todo: string }>> = {
  ongoing: {
    name: 'ongoing',
    todo: "it is looked for among the vendor's records, in the end once an hour. `ringfence accounts test` tells whether the vendor can be asked.",
  },
  'not-listed': {
    name: 'not possible',
    todo: "the vendor has no list of such requests. Look around that time in the vendor's console; the money stays reserved in its budget period.",
  },
  'account-gone': {
    name: 'account removed',
    todo: "nobody can ask for it any more. Look around that time in the vendor's console; the money stays reserved in its budget period.",
  },
};

/** The rows, and what to do about each kind of them. */
export function unknownText(rows: readonly Unknown[]): string {
  if (rows.length === 0) return 'Every outcome is known.';
  const table = tableText(rows, {
    ID: ({ id }) => id,
    TIME: ({ at }) => minute(at),
    ACCOUNT: ({ account }) => account,
    OPERATION: ({ operation }) => operation,
    TO: ({ country }) => country,
    RESERVED: ({ bound, currency }) => `${bound} ${currency}`,
    SEARCH: ({ search }) => SEARCHES[search].name,
  });
  const advice = Object.entries(SEARCHES).flatMap(([search, { name, todo }]) =>
    rows.some((row) => row.search === search) ? [`${name}: ${todo}`] : [],
  );
  return [
    table,
    'The answer to each was lost: the vendor may have taken it. Do not send it again before you know; budgets keep what',
    'is reserved. `ringfence journal show <id>` tells what was asked.',
    ...advice,
  ].join('\n');
}

export async function verify(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, show } = await openSession(context, flags);
  const result = await client.call('ledger.verify', {});
  if (result.problems.length > 0) context.exit(EXIT.findings);
  show(result, ({ rows, periods, problems, totals }) => {
    const verdict = problems.length === 0 ? 'no contradiction' : `${problems.length} contradictions`;
    const head = [`${rows} rows and ${periods} budget periods: ${verdict}.`, ...problems].join('\n');
    if (totals.length === 0) return head;
    const columns = {
      STATE: (one: (typeof totals)[number]) => one.state,
      ROWS: (one: (typeof totals)[number]) => String(one.rows),
      AMOUNT: (one: (typeof totals)[number]) => `${one.amount} ${one.currency}`,
    };
    return `${head}\n\n${tableText(totals, columns)}`;
  });
}
