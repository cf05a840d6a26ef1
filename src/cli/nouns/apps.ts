import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, yes } from '../flags.ts';

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
    remove: buildCommand({
      loader: async () => bind((await load()).remove),
      parameters: {
        flags: {
          ...common,
          revokeKeys: yes('Revoke its keys first, at once and for good'),
          yes: yes('Do not ask'),
        },
        positional: argument('app', 'Id or name of the app'),
      },
      docs: {
        brief: 'Remove an app without keys in use',
        fullDescription:
          'Removes an app. Ledger and journal keep what it did, under its id. Budgets, rules and kill switches that still name it are told.',
      },
    }),
  },
  docs: { brief: 'Programs that hold virtual keys' },
});
