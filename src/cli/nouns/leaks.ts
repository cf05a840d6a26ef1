import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, duration, needed, text, yes } from '../flags.ts';

const load = () => import('../commands/leaks.ts');
const leak = argument('leak', 'Id of the leak');

export const leaks = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: { ...common, all: yes('Resolved and dismissed ones too') } },
      docs: { brief: 'List credentials that were found outside' },
    }),
    show: buildCommand({
      loader: async () => bind((await load()).show),
      parameters: { flags: common, positional: leak },
      docs: { brief: 'Show where a leak was seen, and whose it is' },
    }),
    report: buildCommand({
      loader: async () => bind((await load()).report),
      parameters: {
        flags: {
          ...common,
          stdin: yes('Read from standard input'),
          place: text('Where it was found, in your words', 'words'),
        },
        positional: {
          kind: 'tuple',
          parameters: [
            { parse: String, placeholder: 'file', brief: 'File that holds what leaked', optional: true },
          ],
        },
      },
      docs: {
        brief: 'Tell the gateway of a leaked credential',
        fullDescription:
          'Finds the credentials in a file or on standard input, or takes each line as one, and asks whether they are sealed here or virtual keys. They go to the admin API alone, which keeps keyed hashes. To report everything that a repository holds, use `ringfence scan --report`.',
      },
    }),
    respond: buildCommand({
      loader: async () => bind((await load()).respond),
      parameters: {
        flags: {
          ...common,
          yes: yes('Do not ask'),
          watch: duration('How long to watch before the old secret ends; 10s unless given'),
          force: yes('Go on although the vendor refuses more apps than before, or to end the old secret'),
          background: yes('Do not wait for the end'),
        },
        positional: leak,
      },
      docs: {
        brief: 'Revoke the leaked virtual key, or rotate the leaked secret without touching an app',
      },
    }),
    dismiss: buildCommand({
      loader: async () => bind((await load()).dismiss),
      parameters: {
        flags: { ...common, reason: needed('Why it needs no response', 'words') },
        positional: leak,
      },
      docs: { brief: 'Close a leak that needs no response' },
    }),
  },
  docs: { brief: 'Leaked credentials: whose they are, and what to do' },
});
