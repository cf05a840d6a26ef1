import { checkOnce } from '../../guard/prices/read-price-file.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { PriceRecord } from '../../store/records.ts';
import type { AdminServices } from '../services.ts';
import { checkVendor, type Handlers } from './handler.ts';

/** In the place of a vendor: prices of all of them. */
const ALL_VENDORS = '*';

export const priceHandlers: Handlers<'prices.import' | 'prices.list' | 'prices.remove'> = {
  'prices.import': async ({ services, input, actor }) => {
    const rows = await resolveRows(services, services.prices.readFile(input.text, input.format));
    checkOnce(rows); // Again: an account may be called by its name in one row, and by its id in another.
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

/** Names of accounts become ids. A row for what does not exist would price nothing, and a lower one would hold instead. */
async function resolveRows(
  { vendors, accounts }: AdminServices,
  rows: readonly PriceRecord[],
): Promise<readonly PriceRecord[]> {
  const known = new Set([ALL_VENDORS, ...vendors.map(({ id }) => id)]);
  const all = await accounts.list();
  const ids = new Map(all.map(({ vendor, name, id }) => [`${vendor} ${name}`, id]));
  for (const { vendor, id } of all) ids.set(`${vendor} ${id}`, id);
  return rows.map((row, place) => {
    const fail = (what: string): never => {
      throw new RingfenceError('not_found', `Row ${place + 1}: there is no ${what}.`);
    };
    if (!known.has(row.vendor)) return fail(`vendor ${JSON.stringify(row.vendor)}`);
    if (row.account === null) return row;
    const account = ids.get(`${row.vendor} ${row.account}`);
    return account === undefined
      ? fail(`${row.vendor} account ${JSON.stringify(row.account)}`)
      : { ...row, account };
  });
}
