import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, choice, common, needed, text, whole, yes } from '../flags.ts';

const load = () => import('../commands/ledger.ts');

export const ledger = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: {
        flags: {
          ...common,
          key: text('Only this virtual key', 'key'),
          app: text('Only this app', 'app'),
          state: choice(['reserved', 'committed', 'released', 'unknown'], 'Only this state'),
          limit: whole('Number of rows at most; default: 50'),
        },
      },
      docs: { brief: 'List spending, newest first' },
    }),
    unknown: buildCommand({
      loader: async () => bind((await load()).unknown),
      parameters: { flags: { ...common, limit: whole('Number of rows at most; default: 50') } },
      docs: { brief: 'List requests whose outcome is unknown, oldest first, and what to do' },
    }),
    settle: buildCommand({
      loader: async () => bind((await load()).settle),
      parameters: {
        flags: {
          ...common,
          cost: text('It happened, and cost this, as "0.0079 USD"', 'amount'),
          atBound: yes('It happened, but its cost is not known: what is reserved counts'),
          notSent: yes('It never happened: what is reserved is released'),
          resource: text('Id that the vendor gave it', 'id'),
          reason: needed('How you know; the journal keeps it', 'text'),
          yes: yes('Do not ask'),
        },
        positional: argument('row', 'Id of the ledger row, as `ledger unknown` shows it'),
      },
      docs: { brief: 'Record what became of a request whose answer was lost, or what it cost' },
    }),
    verify: buildCommand({
      loader: async () => bind((await load()).verify),
      parameters: { flags: common },
      docs: { brief: 'Recompute every budget from its rows and compare' },
    }),
  },
  docs: { brief: 'What was spent' },
});
