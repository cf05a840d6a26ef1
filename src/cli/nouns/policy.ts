import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, output, whole, yes } from '../flags.ts';

const load = () => import('../commands/policy.ts');
const file = argument('file', 'Policy in YAML; - is standard input');

export const policy = buildRouteMap({
  routes: {
    show: buildCommand({
      loader: async () => bind((await load()).show),
      parameters: { flags: common },
      docs: { brief: 'Print the policy in force' },
    }),
    check: buildCommand({
      loader: async () => bind((await load()).check),
      parameters: { flags: output, positional: file },
      docs: { brief: 'Check a policy file without a gateway' },
    }),
    apply: buildCommand({
      loader: async () => bind((await load()).apply),
      parameters: {
        flags: {
          ...common,
          expect: whole('Version that must be in force now; 0: none', 'version'),
          dryRun: yes('Only ask the gateway whether it would accept the policy'),
        },
        positional: file,
      },
      docs: { brief: 'Put a policy in force' },
    }),
    history: buildCommand({
      loader: async () => bind((await load()).history),
      parameters: { flags: common },
      docs: { brief: 'List the versions of the policy' },
    }),
    rollback: buildCommand({
      loader: async () => bind((await load()).rollback),
      parameters: {
        flags: { ...common, yes: yes('Do not ask') },
        positional: argument('version', 'Version to put in force again'),
      },
      docs: { brief: 'Put an earlier version in force again' },
    }),
  },
  docs: { brief: 'What apps may do' },
});
