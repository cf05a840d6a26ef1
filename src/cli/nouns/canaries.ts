import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { CANARY_FORMS } from '../canary-forms.ts';
import { argument, common, needed, text, yes } from '../flags.ts';

const load = () => import('../commands/canaries.ts');
const canary = argument('name', 'Name of the canary');

export const canaries = buildRouteMap({
  routes: {
    plant: buildCommand({
      loader: async () => bind((await load()).plant),
      parameters: {
        flags: {
          ...common,
          account: needed('Vendor account whose credential it seems to be', 'account'),
          form: {
            kind: 'enum',
            values: CANARY_FORMS,
            default: 'env',
            brief: 'Kind of file that it stands in',
          },
          file: text('Write it to this new file; printed unless given', 'path'),
          place: text('Where it will lie, in your words', 'words'),
        },
        positional: canary,
      },
      docs: {
        brief: 'Make a decoy key: whoever uses it has found what nobody needs',
        fullDescription:
          'Makes a decoy virtual key and the file that holds it. It is refused like an unknown key, without a sign, and its use is an incident within a second: in the journal, on the log, in the metrics and in `ringfence canaries list`.',
      },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: { ...common, all: yes('Retired ones too') } },
      docs: { brief: 'List decoy keys and their uses' },
    }),
    retire: buildCommand({
      loader: async () => bind((await load()).retire),
      parameters: { flags: { ...common, yes: yes('Do not ask') }, positional: canary },
      docs: { brief: 'Stop watching for a decoy key' },
    }),
  },
  docs: { brief: 'Canaries: decoy keys that nobody uses but a thief' },
});
