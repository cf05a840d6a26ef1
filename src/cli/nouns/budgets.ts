import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, many, needed, text, yes } from '../flags.ts';

const load = () => import('../commands/budgets.ts');
const loadPresumed = () => import('../commands/presumed.ts');

export const budgets = buildRouteMap({
  routes: {
    set: buildCommand({
      loader: async () => bind((await load()).set),
      parameters: {
        flags: {
          ...common,
          limit: needed('Amount and currency, such as "25.00 EUR" or "500 MESSAGES"', 'amount'),
          window: needed('day, week, month, total, or a sliding duration such as 24h', 'window'),
          app: many('Count this app only; repeat it', 'app'),
          key: many('Count this key only; repeat it', 'key'),
          vendor: many('Count this vendor only; repeat it', 'vendor'),
          account: many('Count this vendor account only; repeat it', 'account'),
          action: many('Count this action only; repeat it', 'action'),
          channel: many('Count this channel only; repeat it', 'channel'),
          country: many('Count this country only; repeat it', 'country'),
          rate: many(
            'What one unit of another currency counts as, such as USD=0.95; choose it high; repeat it',
            'rate',
          ),
        },
        positional: argument('name', 'Name of the budget'),
      },
      docs: {
        brief: 'Create a budget, or change the one of this name',
        fullDescription:
          'Create a budget, or change the one of this name: name all of it, scope and rates too. A new limit applies at once to what the current window has ' +
          'spent. A longer window keeps what is spent; a shorter one counts only from the change on. So shorten a window ' +
          'when a new one begins (UTC), or lower the limit until then.',
      },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: common },
      docs: {
        brief: 'List budgets and what is left of them',
        fullDescription:
          'List budgets and what is left of them. LEASED is in the hands of the processes, which spend it or give it back. ' +
          'RUNS OUT is when all is spent if it goes on as it did on average since the window began, or since the budget was ' +
          'made; empty where that is after the window ends, and while it is too early to tell.',
      },
    }),
    presumed: buildCommand({
      loader: async () => bind((await loadPresumed()).presumed),
      parameters: { flags: common, positional: argument('budget', 'Id or name of the budget') },
      docs: { brief: 'Show whose money of a budget is presumed spent' },
    }),
    release: buildCommand({
      loader: async () => bind((await loadPresumed()).release),
      parameters: {
        flags: {
          ...common,
          amount: text('Only so much, such as "4.50 EUR"; default: all that is presumed spent', 'amount'),
          process: text(
            'Only what this process held, such as w0-17, as `budgets presumed` shows it',
            'process',
          ),
          reason: needed('How you know that it was not spent; the journal keeps it', 'text'),
          yes: yes('Do not ask'),
        },
        positional: argument('budget', 'Id or name of the budget'),
      },
      docs: {
        brief: 'Give money back to a budget that was presumed spent, and was not',
        fullDescription:
          'Give money back to a budget that was presumed spent, and was not. When a machine goes down or a journal is damaged, ' +
          'what its processes held counts as spent, because records of spending may be lost. Compare the records of the ' +
          'vendor with the ledger first. A journal file that is found later is still counted when it is put back.',
      },
    }),
    remove: buildCommand({
      loader: async () => bind((await load()).remove),
      parameters: {
        flags: { ...common, yes: yes('Do not ask') },
        positional: argument('budget', 'Id or name of the budget'),
      },
      docs: { brief: 'Remove a budget' },
    }),
  },
  docs: { brief: 'Limits on spending' },
});
