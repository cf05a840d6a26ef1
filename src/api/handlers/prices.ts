import { RingfenceError } from '../../kernel/errors.ts';
import type { PriceRecord } from '../../store/records.ts';
import type { AdminServices } from '../services.ts';
import { pick, type Handlers } from './handler.ts';

export const priceHandlers: Handlers<'prices.import' | 'prices.list' | 'prices.remove'> = {
  'prices.import': async ({ services, input, actor }) => {
    const rows = await resolveRows(services, services.prices.readFile(input.text, input.format));
    return { imported: await services.prices.put(rows, actor) };
  },
  'prices.list': async ({ services, input }) => {
    const { vendor, item, prefix = '', limit } = input;
    const rows = await services.prices.list(vendor);
    return rows
      .filter((row) => (item === undefined || row.item === item) && row.prefix.startsWith(prefix))
      .slice(0, limit);
  },
  'prices.remove': async ({ services, input, actor }) => ({
    removed: await services.prices.remove(input.vendor, input.kind, actor),
  }),
};

/** Names of accounts become ids. Rows of a vendor or an account that does not exist would price nothing. */
async function resolveRows(
  services: AdminServices,
  rows: readonly PriceRecord[],
): Promise<readonly PriceRecord[]> {
  const vendors = new Set(['*', ...services.vendors.map(({ id }) => id)]);
  const accounts = rows.some(({ account }) => account !== null) ? await services.accounts.list() : [];
  return rows.map((row) => {
    if (!vendors.has(row.vendor))
      throw new RingfenceError('not_found', `There is no vendor ${JSON.stringify(row.vendor)}.`);
    if (row.account === null) return row;
    const { id, name, vendor } = pick('vendor account', accounts, row.account);
    if (vendor === row.vendor) return { ...row, account: id };
    throw new RingfenceError(
      'input_invalid',
      `The account ${name} is one of ${vendor}, not of ${row.vendor}.`,
    );
  });
}
