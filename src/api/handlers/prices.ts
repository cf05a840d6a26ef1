import type { Handlers } from './handler.ts';

export const priceHandlers: Handlers<'prices.import' | 'prices.list' | 'prices.remove'> = {
  'prices.import': async ({ services, input, actor }) => {
    const rows = services.prices.readFile(input.text, input.format);
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
