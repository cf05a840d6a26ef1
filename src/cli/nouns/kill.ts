import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, text, yes } from '../flags.ts';

const load = () => import('../commands/kill.ts');

export const kill = buildRouteMap({
  routes: {
    on: buildCommand({
      loader: async () => bind((await load()).on),
      parameters: {
        flags: {
          ...common,
          all: yes('Stop everything'),
          vendor: text('Stop a vendor', 'vendor'),
          account: text('Stop a vendor account', 'account'),
          app: text('Stop an app', 'app'),
          key: text('Stop a virtual key', 'key'),
          country: text('Stop a destination country', 'code'),
          reason: text('Why; the journal keeps it', 'text'),
        },
      },
      docs: { brief: 'Stop something at once' },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: common },
      docs: { brief: 'List kill switches that are on' },
    }),
    lift: buildCommand({
      loader: async () => bind((await load()).lift),
      parameters: {
        flags: { ...common, yes: yes('Do not ask') },
        positional: argument('kill', 'Id of the kill switch'),
      },
      docs: { brief: 'Lift a kill switch' },
    }),
  },
  docs: { brief: 'Kill switches' },
});
