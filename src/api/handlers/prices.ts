import { setImmediate as othersFirst } from 'node:timers/promises';
import { createOnceCheck } from '../../guard/prices/read-price-file.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { PriceRecord } from '../../store/records.ts';
import type { AdminServices } from '../services/all.ts';
import type { Handlers } from './handler.ts';
import { checkVendor } from './named.ts';

/** Stands for all vendors where a vendor id is expected. */
const ALL_VENDORS = '*';

export const priceHandlers: Handlers<'prices.import' | 'prices.list' | 'prices.remove'> = {
  'prices.import': async ({ services, input, actor }) => {
    const rows = await readRows(services, services.prices.readFile(input.text, input.format));
    return { imported: await services.prices.put(rows, actor) };
  },
  'prices.list': async ({ services, input }) => {
    if (input.vendor !== undefined) checkPriced(services, input.vendor);
    return services.prices.list(input);
  },
  'prices.remove': async ({ services, input, actor }) => {
    checkPriced(services, input.vendor);
    return { removed: await services.prices.remove(input.vendor, input.kind, actor) };
  },
};

function checkPriced(services: AdminServices, vendor: string): void {
  if (vendor !== ALL_VENDORS) checkVendor(services, vendor);
}

/** Rows that are read before other work gets a turn: some milliseconds. */
const ROWS_A_TURN = 500;

/** Reads all rows. Looks for duplicates after names became ids, since two rows may name one account in two ways. */
async function readRows(
  services: AdminServices,
  file: Iterable<PriceRecord>,
): Promise<readonly PriceRecord[]> {
  const resolve = await createResolver(services);
  const checkOnce = createOnceCheck();
  const rows: PriceRecord[] = [];
  for (const row of file) {
    const resolved = resolve(row, rows.length + 1);
    checkOnce(resolved);
    rows.push(resolved);
    if (rows.length % ROWS_A_TURN === 0) await othersFirst();
  }
  return rows;
}

/** Turns account names into ids. A row for an unknown account is refused: it would never apply, and a cheaper row would in its place. */
async function createResolver({ vendors, accounts }: AdminServices) {
  const known = new Set([ALL_VENDORS, ...vendors.map(({ id }) => id)]);
  const all = await accounts.list();
  const ids = new Map(all.map(({ vendor, name, id }) => [`${vendor} ${name}`, id]));
  for (const { vendor, id } of all) ids.set(`${vendor} ${id}`, id);
  return (row: PriceRecord, number: number): PriceRecord => {
    const fail = (what: string): never => {
      throw new RingfenceError('not_found', `Row ${number}: there is no ${what}.`);
    };
    if (!known.has(row.vendor)) return fail(`vendor ${JSON.stringify(row.vendor)}`);
    if (row.account === null) return row;
    const account = ids.get(`${row.vendor} ${row.account}`);
    return account === undefined
      ? fail(`${row.vendor} account ${JSON.stringify(row.account)}`)
      : { ...row, account };
  };
}
