import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, duration, many, text, twoArguments, yes } from '../flags.ts';

const load = () => import('../commands/accounts.ts');
const account = argument('account', 'Id or name of the vendor account');

const values = {
  set: many('Public field as name=value; repeat it', 'name=value'),
  stdin: yes('Read the secrets from standard input: a JSON object, or one a line'),
  file: text('Read the secrets from a file of the same form', 'path'),
} as const;

export const accounts = buildRouteMap({
  routes: {
    seal: buildCommand({
      loader: async () => bind((await load()).seal),
      parameters: {
        flags: {
          ...common,
          ...values,
          upstream: text('Origin to dial instead of the vendor (sandbox)', 'origin'),
          currency: text("Currency of the account; the vendor's own unless given", 'code'),
        },
        positional: twoArguments(
          ['vendor', 'Vendor, such as `status` lists'],
          ['name', 'Name of the account'],
        ),
      },
      docs: {
        brief: 'Seal the real credential of a vendor account',
        fullDescription:
          'Seals the real credential of a vendor account. Secrets are typed when asked, without being shown, or come from --stdin or --file; no flag takes one.',
      },
    }),
    reseal: buildCommand({
      loader: async () => bind((await load()).reseal),
      parameters: { flags: { ...common, ...values }, positional: account },
      docs: { brief: 'Replace the credential, once the vendor has accepted the new one' },
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
          watch: duration('How long to watch before the old one ends, 2s at least; 10s unless given'),
          force: yes('Go on although the vendor refuses more apps than before, or to end the old secret'),
          background: yes('Do not wait for the end'),
        },
        positional: account,
      },
      docs: {
        brief: 'Replace a secret of the account at the vendor, without touching an app',
        fullDescription:
          'Makes a second credential at the vendor, proves it, puts it in use in every process, watches, and ends the old one. Each step is journaled. If apps are refused with the new one, everything goes back. A rotation that a crash or a problem stopped goes on when the command is run again.',
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
      docs: { brief: 'Remove a vendor account without keys in use' },
    }),
    rekey: buildCommand({
      loader: async () => bind((await load()).rekey),
      parameters: { flags: common },
      docs: { brief: 'Re-wrap everything sealed to the newest key of the key ring' },
    }),
  },
  docs: { brief: 'Vendor accounts and their sealed credentials' },
});
