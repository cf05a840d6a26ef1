import { buildCommand } from '@stricli/core';
import { bind } from '../bind.ts';
import { argument, common, local, localAndGateway, yes } from '../flags.ts';

const load = () => import('../commands/system.ts');

export const system = {
  init: buildCommand({
    loader: async () => bind((await load()).init),
    parameters: {
      flags: {
        ...local,
        newToken: yes('Replace a leaked or lost admin token; stop the gateway first'),
        trustClock: yes(
          "Accept this machine's clock, after it was wrong or the gateway was off for over a month; stop the gateway first",
        ),
      },
    },
    docs: { brief: 'Create a data directory, a key ring and an admin token' },
  }),
  dev: buildCommand({
    loader: async () => bind((await load()).dev),
    parameters: { flags: local },
    docs: { brief: 'Run a demonstration with simulated vendors' },
  }),
  serve: buildCommand({
    loader: async () => bind((await load()).serve),
    parameters: { flags: local },
    docs: { brief: 'Run the gateway' },
  }),
  run: buildCommand({
    loader: async () => bind((await import('../commands/run.ts')).run),
    parameters: {
      flags: {
        ...common,
        scope: {
          kind: 'enum',
          values: ['all', 'vendors'],
          default: 'all',
          brief: 'all: set every proxy variable; vendors: redirect vendor hosts only, in Node programs only',
        },
        proof: { kind: 'boolean', default: true, brief: 'Prove first that calls reach the gateway' },
        unproven: yes('Run even when the proof fails'),
      },
      positional: {
        kind: 'array',
        minimum: 1,
        parameter: { parse: String, placeholder: 'command', brief: 'Program and its arguments, after --' },
      },
    },
    docs: { brief: 'Run a program whose calls to vendors go through the gateway' },
  }),
  ca: buildCommand({
    loader: async () => bind((await load()).ca),
    parameters: { flags: common },
    docs: { brief: "Print the gateway authority's certificate" },
  }),
  status: buildCommand({
    loader: async () => bind((await load()).status),
    parameters: { flags: common },
    docs: { brief: 'Show what runs and whether it is healthy' },
  }),
  backup: buildCommand({
    loader: async () => bind((await load()).backup),
    parameters: { flags: local, positional: argument('folder', 'Folder to create') },
    docs: {
      brief: 'Copy store and journals into a new folder, even while the gateway runs',
      fullDescription:
        'Copies store and journals into a new folder, even while the gateway runs. To restore: stop the gateway, put the folder in place of the data directory, put the key ring back, start. With PostgreSQL run pg_dump first: the database is not in the folder.',
    },
  }),
  doctor: buildCommand({
    loader: async () => bind((await import('../commands/doctor.ts')).doctor),
    parameters: { flags: localAndGateway },
    docs: { brief: 'Find problems and say what to do' },
  }),
} as const;
