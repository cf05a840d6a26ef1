import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, duration, many, text, twoArguments, yes } from '../flags.ts';

const load = () => import('../commands/accounts.ts');
const account = argument('account', 'Id or name of the vendor account');

const values = {
  set: many('Public field as name=value; repeat it', 'name=value'),
  stdin: yes('Read the secrets from standard input: a JSON object, or one per line'),
  file: text('Read the secrets from a file in the same format', 'path'),
} as const;

export const accounts = buildRouteMap({
  routes: {
    seal: buildCommand({
      loader: async () => bind((await load()).seal),
      parameters: {
        flags: {
          ...common,
          ...values,
          upstream: text('Origin to call instead of the vendor (a sandbox)', 'origin'),
          currency: text('Currency of the account; default: that of the vendor', 'code'),
        },
        positional: twoArguments(
          ['vendor', 'Vendor, such as `status` lists'],
          ['name', 'Name of the account'],
        ),
      },
      docs: {
        brief: 'Seal the real credential of a vendor account',
        fullDescription:
          'Seals the real credential of a vendor account. Asks for the secrets without echo, or reads them with --stdin or --file; no flag takes a secret.',
      },
    }),
    reseal: buildCommand({
      loader: async () => bind((await load()).reseal),
      parameters: { flags: { ...common, ...values }, positional: account },
      docs: { brief: 'Replace the credential here, once the vendor accepts the new one' },
    }),
    list: buildCommand({
      loader: async () => bind((await load()).list),
      parameters: { flags: common },
      docs: { brief: 'List vendor accounts' },
    }),
    test: buildCommand({
      loader: async () => bind((await load()).test),
      parameters: { flags: common, positional: account },
      docs: { brief: 'Ask the vendor whether it accepts the credential' },
    }),
    rotate: buildCommand({
      loader: async () => bind((await load()).rotate),
      parameters: {
        flags: {
          ...common,
          secret: text('Field to replace, when the account has several secrets', 'field'),
          watch: duration(
            'How long to watch before the old secret is retired, at least 2s; default: 10s',
            '2s',
            '24h',
          ),
          force: yes('Continue although the vendor refuses apps, or refuses to delete the old secret'),
          background: yes('Do not wait for the end'),
        },
        positional: account,
      },
      docs: {
        brief: 'Replace a secret at the vendor; apps keep their virtual keys',
        fullDescription:
          'Creates a second credential at the vendor, verifies it, uses it in every process, watches, and retires the old one. Each step is journaled. If the vendor begins to refuse apps, the old credential is put back. After a crash the rotation continues by itself; one that stopped with a problem continues when the command is run again.',
      },
    }),
    rotations: buildCommand({
      loader: async () => bind((await load()).rotations),
      parameters: { flags: common },
      docs: { brief: 'Show the latest rotation of each account' },
    }),
    remove: buildCommand({
      loader: async () => bind((await load()).remove),
      parameters: { flags: { ...common, yes: yes('Do not ask') }, positional: account },
      docs: { brief: 'Remove a vendor account that has no active keys' },
    }),
    rekey: buildCommand({
      loader: async () => bind((await load()).rekey),
      parameters: { flags: common },
      docs: { brief: 'Re-wrap all sealed secrets with the newest key of the key ring' },
    }),
  },
  docs: { brief: 'Vendor accounts and their sealed credentials' },
});
