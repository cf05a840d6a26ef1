import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { choice, common, text, whole } from '../flags.ts';

const load = () => import('../commands/ledger.ts');

export const ledger = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: {
        flags: {
          ...common,
          key: text('Of this virtual key only', 'key'),
          app: text('Of this app only', 'app'),
          state: choice(['reserved', 'committed', 'released', 'unknown'], 'In this state only'),
          limit: whole('At most so many; 50 unless given'),
        },
      },
      docs: { brief: 'List spending, newest first' },
    }),
    unknown: buildCommand({
      loader: async () => bind((await load()).unknown),
      parameters: { flags: { ...common, limit: whole('At most so many; 50 unless given') } },
      docs: { brief: 'List requests whose outcome nobody knows, oldest first, and what to do' },
    }),
    verify: buildCommand({
      loader: async () => bind((await load()).verify),
      parameters: { flags: common },
      docs: { brief: 'Recompute every budget period' },
    }),
  },
  docs: { brief: 'What was spent' },
});
