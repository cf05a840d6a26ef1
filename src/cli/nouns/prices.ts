import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, choice, common, text, whole, yes } from '../flags.ts';

const load = () => import('../commands/prices.ts');

export const prices = buildRouteMap({
  routes: {
    import: buildCommand({
      loader: async () => bind((await load()).importFile),
      parameters: {
        flags: { ...common, format: choice(['json', 'csv'], 'Form of the file; by its name unless given') },
        positional: argument('file', 'Price file; - is standard input'),
      },
      docs: {
        brief: 'Add prices, or replace them',
        fullDescription:
          'CSV with a header line, or a JSON array of objects. Fields: vendor, item, amount (a decimal) and currency; if wanted account, prefix (digits of the destination), unit (each, segment, minute or month; it must be given for calls and text messages, and is each otherwise), increment (seconds that a call is billed by; 60), from (a date such as 2026-11-25) and kind (price, ceiling or band). Such as: vendor,item,prefix,amount,currency,unit and then VENDOR,message.send/sms,49,0.0963,USD,segment. `ringfence prices list` shows items.',
      },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: {
        flags: {
          ...common,
          vendor: text('Of this vendor only', 'vendor'),
          item: text('Of this item only, such as message.send/sms', 'item'),
          prefix: text('Whose prefix begins with these digits', 'digits'),
          limit: whole('At most so many; 1000 unless given'),
        },
      },
      docs: { brief: 'List prices' },
    }),
    remove: buildCommand({
      loader: async () => bind((await load()).remove),
      parameters: {
        flags: {
          ...common,
          kind: choice(['price', 'ceiling', 'band'], 'Of this kind only'),
          yes: yes('Do not ask'),
        },
        positional: argument('vendor', 'Vendor whose prices go'),
      },
      docs: { brief: 'Remove prices of a vendor' },
    }),
  },
  docs: { brief: 'Price book: the bound of what a request may cost' },
});
