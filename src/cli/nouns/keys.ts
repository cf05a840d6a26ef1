import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, choice, common, duration, durationWithin, many, needed, yes } from '../flags.ts';

const load = () => import('../commands/keys.ts');
const key = argument('key', 'Id or name of the virtual key');

export const keys = buildRouteMap({
  routes: {
    create: buildCommand({
      loader: async () => bind((await load()).create),
      parameters: {
        flags: {
          ...common,
          app: needed('App that gets the key', 'app'),
          account: needed('Vendor account that it stands for', 'account'),
          kind: choice(['secret', 'hs256', 'rs256'], 'Form of the key; default: the usual one of the vendor'),
          lifetime: duration('Lifetime of the key; default: it does not expire', '1s', '3650d'),
          network: many('CIDR block that it may be used from; repeat it', 'cidr'),
        },
        positional: argument('name', 'Name of the key'),
      },
      docs: { brief: 'Create a virtual key and print it, once' },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: { ...common, all: yes('Include revoked and expired keys') } },
      docs: { brief: 'List virtual keys' },
    }),
    rotate: buildCommand({
      loader: async () => bind((await load()).rotate),
      parameters: {
        flags: {
          ...common,
          overlap: {
            kind: 'parsed',
            parse: durationWithin('0s', '3650d'),
            default: '24h',
            brief: 'Time for which the old key still works',
            placeholder: 'duration',
          },
          lifetime: duration('Lifetime of the new key; default: that of the old one', '1s', '3650d'),
        },
        positional: key,
      },
      docs: { brief: 'Replace a key; the old one works until the overlap ends' },
    }),
    networks: buildCommand({
      loader: async () => bind((await load()).networks),
      parameters: {
        flags: {
          ...common,
          network: many('CIDR block that it may be used from; repeat it', 'cidr'),
          any: yes('From any network'),
          yes: yes('Do not ask'),
        },
        positional: key,
      },
      docs: { brief: 'Replace the networks that a key may be used from' },
    }),
    revoke: buildCommand({
      loader: async () => bind((await load()).revoke),
      parameters: { flags: { ...common, yes: yes('Do not ask') }, positional: key },
      docs: { brief: 'Revoke a key at once and for good' },
    }),
  },
  docs: { brief: 'Virtual keys: what apps hold instead of the real credential' },
});
