import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { local, localAndGateway, yes } from '../flags.ts';

const load = () => import('../commands/ring.ts');

export const ring = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: local },
      docs: { brief: 'List the names of the keys, oldest first' },
    }),
    add: buildCommand({
      loader: async () => bind((await load()).add),
      parameters: { flags: local },
      docs: {
        brief: 'Add a key; the gateway seals with it from its next start on',
        fullDescription:
          'Adds a key to the key ring file. To replace the old keys: add a key, restart the gateway, run `ringfence accounts rekey`, then `ringfence ring drop`. Each step can be repeated, and everything stays readable in between.',
      },
    }),
    drop: buildCommand({
      loader: async () => bind((await load()).drop),
      parameters: { flags: { ...localAndGateway, yes: yes('Do not ask') } },
      docs: { brief: 'Drop all keys except the newest, if nothing is sealed with them any more' },
    }),
  },
  docs: { brief: 'The key ring that seals credentials' },
});
