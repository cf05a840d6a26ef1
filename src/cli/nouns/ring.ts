import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { local, localAndGateway, yes } from '../flags.ts';

const load = () => import('../commands/ring.ts');

export const ring = buildRouteMap({
  routes: {
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: local },
      docs: { brief: 'List the names of its keys, oldest first' },
    }),
    add: buildCommand({
      loader: async () => bind((await load()).add),
      parameters: { flags: local },
      docs: {
        brief: 'Add a newer key, which seals from the next start on',
        fullDescription:
          'Adds a newer key to the file of the key ring. To replace the old ones: add a key, restart the gateway, re-wrap everything with `ringfence accounts rekey`, and drop the others with `ringfence ring drop`. Each step can be repeated, and nothing becomes unreadable between two.',
      },
    }),
    drop: buildCommand({
      loader: async () => bind((await load()).drop),
      parameters: { flags: { ...localAndGateway, yes: yes('Do not ask') } },
      docs: { brief: 'Drop all keys but the newest, once nothing is sealed with them any more' },
    }),
  },
  docs: { brief: 'The key ring that seals credentials' },
});
