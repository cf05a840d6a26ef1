import { counted } from '../../kernel/wording.ts';
import type { CliContext } from '../context.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { readFileOrInput } from '../input.ts';
import { namesOf } from '../client/names.ts';
import { confirm } from '../terminal/prompt.ts';
import { noteLimit, openSession } from '../session.ts';

export interface ImportFlags extends CommonFlags {
  readonly format?: 'json' | 'csv';
}

export async function importFile(context: CliContext, flags: ImportFlags, file: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  const text = await readFileOrInput(context.process, file);
  const format = flags.format ?? (file.toLowerCase().endsWith('.json') ? 'json' : 'csv');
  show(
    await client.call('prices.import', { text, format }),
    ({ imported }) => `${counted(imported, 'price')} imported.`,
  );
}

const USUAL_LIMIT = 1000;

export interface ListFlags extends CommonFlags {
  readonly vendor?: string;
  readonly item?: string;
  readonly prefix?: string;
  readonly limit?: number;
}

/** Start of prices that ship with Ringfence; it is shown as "always". */
const BEGINNING = '1970-01-01';

export async function list(context: CliContext, flags: ListFlags): Promise<void> {
  const session = await openSession(context, flags);
  const { vendor, item, prefix, limit = USUAL_LIMIT } = flags;
  const rows = await session.client.call('prices.list', { vendor, item, prefix, limit });
  const accounts = flags.json ? [] : rows.map(({ account }) => account ?? '');
  const nameOf = await namesOf(session.client, accounts);
  session.table(
    rows,
    {
      VENDOR: (row) => row.vendor,
      ACCOUNT: ({ account }) => (account === null ? 'any' : nameOf(account)),
      ITEM: (row) => row.item,
      PREFIX: (row) => row.prefix || 'any',
      AMOUNT: ({ amount, currency }) => `${amount} ${currency}`,
      PER: ({ unit }) => unit,
      KIND: ({ kind }) => kind,
      FROM: ({ from }) => (from.startsWith(BEGINNING) ? 'always' : from.slice(0, 10)),
    },
    'No such price. Coarse ones come with each account; import exact ones: ringfence prices import FILE',
  );
  noteLimit(session, rows, limit);
}

export interface RemoveFlags extends ConfirmedFlags {
  readonly kind?: 'price' | 'ceiling' | 'band';
}

export async function remove(context: CliContext, flags: RemoveFlags, vendor: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  const what = flags.kind === undefined ? 'all prices' : `the prices of kind ${flags.kind}`;
  await confirm(context.process, `Remove ${what} of ${vendor}? Unpriced requests are refused.`, flags.yes);
  const { kind } = flags;
  show(
    await client.call('prices.remove', { vendor, kind }),
    ({ removed }) => `${counted(removed, 'price')} removed.`,
  );
}
