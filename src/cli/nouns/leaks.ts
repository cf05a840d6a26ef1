import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, duration, needed, text, yes } from '../flags.ts';

const load = () => import('../commands/leaks.ts');
const leak = argument('leak', 'Id of the leak');

export const leaks = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: { ...common, all: yes('Include resolved and dismissed ones') } },
      docs: { brief: 'List leaked credentials that were reported' },
    }),
    show: buildCommand({
      loader: async () => bind((await load()).show),
      parameters: { flags: common, positional: leak },
      docs: { brief: 'Show where a leak was seen, and what it belongs to' },
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
            {
              parse: String,
              placeholder: 'file',
              brief: 'File that holds the leaked credentials',
              optional: true,
            },
          ],
        },
      },
      docs: {
        brief: 'Report a leaked credential to the gateway',
        fullDescription:
          'Finds the credentials in a file or on standard input, or takes each line as one, and asks the gateway whether they belong to an account or are virtual keys. They are sent only to the admin API, which keeps keyed hashes. To report everything in a repository, use `ringfence scan --report`.',
      },
    }),
    respond: buildCommand({
      loader: async () => bind((await load()).respond),
      parameters: {
        flags: {
          ...common,
          yes: yes('Do not ask'),
          watch: duration(
            'How long to watch before the old secret is retired, at least 2s; default: 10s',
            '2s',
            '24h',
          ),
          force: yes('Continue although the vendor refuses apps, or refuses to delete the old secret'),
          background: yes('Do not wait for the end'),
        },
        positional: leak,
      },
      docs: {
        brief: 'Revoke the leaked virtual key, or rotate the leaked secret',
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
  docs: { brief: 'Leaked credentials: what they belong to, and what to do' },
});
