import { counted } from '../../kernel/wording.ts';
import type { Answer } from '../../api/contract.ts';
import type { CliContext } from '../context.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { EXIT } from '../exit.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { namesOf, type NameOf } from '../client/names.ts';
import { confirm } from '../terminal/prompt.ts';
import { minute, noteLimit, openSession, tableText } from '../session.ts';

const USUAL_LIMIT = 50;

export interface ListFlags extends CommonFlags {
  readonly key?: string;
  readonly app?: string;
  readonly state?: 'reserved' | 'committed' | 'released' | 'unknown';
  readonly limit?: number;
}

export async function list(context: CliContext, flags: ListFlags): Promise<void> {
  const session = await openSession(context, flags);
  const { client, table } = session;
  const { key, app, state, limit = USUAL_LIMIT } = flags;
  const rows = await client.call('ledger.list', { key, app, state, limit });
  const nameOf = await namesOf(client, flags.json ? [] : rows.map((row) => row.key));
  table(
    rows,
    {
      ID: ({ id }) => id,
      TIME: ({ at }) => minute(at),
      KEY: (row) => nameOf(row.key),
      OPERATION: ({ operation }) => operation,
      TO: ({ country }) => country,
      STATE: stateOf,
      AMOUNT: ({ amount, currency }) => `${amount} ${currency}`,
    },
    key === undefined && app === undefined && state === undefined
      ? 'No spending yet. Apps send with a virtual key: ringfence keys create NAME --app APP --account ACCOUNT'
      : 'No such spending; without --key, --app and --state all of it is listed.',
  );
  noteLimit(session, rows, limit);
}

/** State of a row, and whether its amount is only the bound: until the price is known, or for good if none came in its currency. */
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
  const session = await openSession(context, flags);
  const { client, show } = session;
  const { limit = USUAL_LIMIT } = flags;
  const rows = await client.call('ledger.unknown', { limit });
  const nameOf = await namesOf(client, flags.json ? [] : rows.map(({ account }) => account));
  show(rows, () => unknownText(rows, nameOf));
  noteLimit(session, rows, limit);
}

const SEARCHES: Readonly<Record<Unknown['search'], { readonly name: string; readonly todo: string }>> = {
  ongoing: {
    name: 'ongoing',
    todo: "Ringfence looks for it among the vendor's records, less and less often. A vendor may list late: only from NOT SENT FROM on does no record mean that nothing was sent, which frees the money; without that time, a clock was wrong and `ringfence ledger settle <id>` is left. `ringfence accounts test` tells whether the vendor can be asked.",
  },
  'not-listed': {
    name: 'not possible',
    todo: "the vendor has no list of such requests. Look around that time in the vendor's console, and state what you find with `ringfence ledger settle <id>`; until then the money stays reserved in its budget period.",
  },
  'account-gone': {
    name: 'account removed',
    todo: "it can no longer be looked up. Look around that time in the vendor's console, and state what you find with `ringfence ledger settle <id>`; until then the money stays reserved in its budget period.",
  },
};

/** Table of unknown outcomes, and what to do about each kind of them. */
export function unknownText(rows: readonly Unknown[], nameOf: NameOf): string {
  if (rows.length === 0) return 'Every outcome is known.';
  const table = tableText(rows, {
    ID: ({ id }) => id,
    TIME: ({ at }) => minute(at),
    ACCOUNT: ({ account }) => nameOf(account),
    OPERATION: ({ operation }) => operation,
    TO: ({ country }) => country,
    RESERVED: ({ bound, currency }) => `${bound} ${currency}`,
    SEARCH: ({ search }) => SEARCHES[search].name,
    'NEXT LOOK': ({ nextLook }) => minute(nextLook),
    'NOT SENT FROM': ({ absentFrom }) => minute(absentFrom),
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

export interface SettleFlags extends ConfirmedFlags {
  readonly cost?: string;
  readonly atBound: boolean;
  readonly notSent: boolean;
  readonly resource?: string;
  readonly reason: string;
}

/** Records what a person found out at the vendor about a request with unknown outcome. */
export async function settle(context: CliContext, flags: SettleFlags, row: string): Promise<void> {
  const { cost, atBound, notSent, resource, reason } = flags;
  if ([cost !== undefined, atBound, notSent].filter(Boolean).length !== 1)
    throw new RingfenceError('usage', 'Give one of --cost, --at-bound and --not-sent.');
  const outcome = outcomeOf(flags);
  const { client, show, note } = await openSession(context, flags);
  const question = notSent
    ? `Free what is reserved for ${row}? If the vendor did take it, it was spent past the budgets.`
    : `Settle ${row}? This cannot be taken back.`;
  await confirm(context.process, question, flags.yes);
  const settled = await client.call('ledger.settle', { row, resource, reason, ...outcome });
  show(settled, ({ id, amount, currency, state }) => `${id} is ${state} at ${amount} ${currency}.`);
  if (outcome.outcome === 'priced' && settled.atBound)
    note(
      `The row counts ${settled.currency} and keeps its bound; ${cost} went only into budgets that count ${outcome.currency}. If ${settled.currency} was meant, settle it again.`,
    );
}

function outcomeOf({ cost, notSent }: SettleFlags) {
  if (cost === undefined) return { outcome: notSent ? 'not-sent' : 'at-bound' } as const;
  const [amount = '', currency = '', ...more] = cost.trim().split(/\s+/);
  if (currency === '' || more.length > 0)
    throw new RingfenceError('usage', 'A cost looks like "0.0079 USD".');
  return { outcome: 'priced', amount, currency } as const;
}

export async function verify(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, show } = await openSession(context, flags);
  const result = await client.call('ledger.verify', {});
  if (result.problems.length > 0) context.exit(EXIT.findings);
  show(result, ({ rows, periods, problems, totals }) => {
    const verdict = problems.length === 0 ? 'no contradiction' : counted(problems.length, 'contradiction');
    const head = [
      `${counted(rows, 'row')} and ${counted(periods, 'budget period')}: ${verdict}.`,
      ...problems,
    ].join('\n');
    if (totals.length === 0) return head;
    const columns = {
      STATE: (one: (typeof totals)[number]) => one.state,
      ROWS: (one: (typeof totals)[number]) => String(one.rows),
      AMOUNT: (one: (typeof totals)[number]) => `${one.amount} ${one.currency}`,
    };
    return `${head}\n\n${tableText(totals, columns)}`;
  });
}
