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
          account: needed('Vendor account that it seems to belong to', 'account'),
          form: {
            kind: 'enum',
            values: CANARY_FORMS,
            default: 'env',
            brief: 'Kind of file to write',
          },
          file: text('New file to write; default: standard output', 'path'),
          place: text('Where you will put it, in your words', 'words'),
        },
        positional: canary,
      },
      docs: {
        brief: 'Create a decoy key whose use is an incident',
        fullDescription:
          'Creates a decoy virtual key and the file that holds it. It is refused exactly like an unknown key, and its use is reported as an incident within a second: in the journal, the log, the metrics and `ringfence canaries list`.',
      },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: { ...common, all: yes('Include retired ones') } },
      docs: { brief: 'List decoy keys and their uses' },
    }),
    retire: buildCommand({
      loader: async () => bind((await load()).retire),
      parameters: { flags: { ...common, yes: yes('Do not ask') }, positional: canary },
      docs: { brief: 'Stop watching for a decoy key' },
    }),
    remove: buildCommand({
      loader: async () => bind((await load()).remove),
      parameters: { flags: { ...common, yes: yes('Do not ask') }, positional: canary },
      docs: { brief: 'Forget a retired decoy key, which frees its name' },
    }),
  },
  docs: { brief: 'Canaries: decoy keys that only a thief uses' },
});
