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
      docs: { brief: 'Add prices, or replace them' },
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
