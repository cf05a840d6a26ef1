import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common } from '../flags.ts';

const load = () => import('../commands/apps.ts');

export const apps = buildRouteMap({
  routes: {
    create: buildCommand({
      loader: async () => bind((await load()).create),
      parameters: { flags: common, positional: argument('name', 'Name of the app') },
      docs: { brief: 'Create an app' },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: common },
      docs: { brief: 'List apps' },
    }),
  },
  docs: { brief: 'Programs that hold virtual keys' },
});
