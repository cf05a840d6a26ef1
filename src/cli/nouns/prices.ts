import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, choice, common, text, whole, yes } from '../flags.ts';

const load = () => import('../commands/prices.ts');

export const prices = buildRouteMap({
  routes: {
    import: buildCommand({
      loader: async () => bind((await load()).importFile),
      parameters: {
        flags: { ...common, format: choice(['json', 'csv'], 'Format of the file; default: by its name') },
        positional: argument('file', 'Price file; - is standard input'),
      },
      docs: {
        brief: 'Add or replace prices',
        fullDescription:
          'CSV with a header line, or a JSON array of objects. Required fields: vendor, item, amount (a decimal) and currency. Optional: account, prefix (first digits of the destination), unit (each, segment, minute or month; required for calls and text messages, otherwise each), increment (seconds that a call is billed by; default: 60), from (a date such as 2026-11-25) and kind (price, ceiling or band; default: price). Example: the line vendor,item,prefix,amount,currency,unit and then VENDOR,message.send/sms,49,0.0963,USD,segment. `ringfence prices list` shows the items.',
      },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: {
        flags: {
          ...common,
          vendor: text('Only this vendor', 'vendor'),
          item: text('Only this item, such as message.send/sms', 'item'),
          prefix: text('Only prefixes that begin with these digits', 'digits'),
          limit: whole('Number of rows at most; default: 1000'),
        },
      },
      docs: { brief: 'List prices' },
    }),
    remove: buildCommand({
      loader: async () => bind((await load()).remove),
      parameters: {
        flags: {
          ...common,
          kind: choice(['price', 'ceiling', 'band'], 'Only this kind'),
          yes: yes('Do not ask'),
        },
        positional: argument('vendor', 'Vendor whose prices to remove'),
      },
      docs: { brief: 'Remove prices of a vendor' },
    }),
  },
  docs: { brief: 'Price book, from which the worst-case cost of a request follows' },
});
