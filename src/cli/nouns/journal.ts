import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, moment, needed, readWhole, text, whole, yes } from '../flags.ts';

const load = () => import('../commands/journal.ts');

export const journal = buildRouteMap({
  routes: {
    tail: buildCommand({
      loader: async () => bind((await load()).tail),
      parameters: {
        flags: {
          ...common,
          limit: whole('Number of records to begin with; default: 20'),
          follow: yes('Keep printing new records until Ctrl-C'),
        },
        aliases: { f: 'follow' },
      },
      docs: { brief: 'Print the latest records' },
    }),
    show: buildCommand({
      loader: async () => bind((await load()).show),
      parameters: {
        flags: common,
        positional: argument('id', 'Id of a record or a refusal, such as w0-3-17'),
      },
      docs: { brief: 'Print a record and what followed it' },
    }),
    export: buildCommand({
      loader: async () => bind((await load()).exportRecords),
      parameters: {
        flags: {
          ...common,
          since: moment('From this day or time on, ISO 8601'),
          until: moment('Before this day or time, ISO 8601'),
          output: text('File to create; default: standard output', 'path'),
        },
      },
      docs: { brief: 'Print all records, one JSON object per line' },
    }),
    verify: buildCommand({
      loader: async () => bind((await load()).verify),
      parameters: { flags: common },
      docs: { brief: 'Check every hash and signature' },
    }),
    retire: buildCommand({
      loader: async () => bind((await load()).retire),
      parameters: {
        flags: {
          ...common,
          reason: needed('Why; the journal keeps it', 'text'),
          yes: yes('Do not ask'),
        },
        positional: {
          kind: 'tuple',
          parameters: [
            { parse: String, placeholder: 'node', brief: 'Whose journal: control, w0, w1 …' },
            { parse: readWhole, placeholder: 'epoch', brief: 'Last epoch to retire; it must be damaged' },
          ],
        },
      },
      docs: {
        brief: 'Take damaged epochs, and those before them, out of a journal and keep them as evidence',
      },
    }),
  },
  docs: { brief: 'Tamper-evident record of requests, decisions and administration' },
});
