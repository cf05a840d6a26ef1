import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { choice, common, text, whole, yes } from '../flags.ts';

const FORMATS = ['text', 'json', 'sarif', 'gitlab', 'junit', 'csv'] as const;

const run = buildCommand({
  loader: async () => bind((await import('../commands/scan.ts')).scan),
  parameters: {
    flags: {
      ...common,
      staged: yes('Scan what the next commit adds or changes'),
      history: yes('Scan every object of the repository, reachable or not'),
      stdin: yes('Scan standard input'),
      image: text('Scan a container image: tar file of docker save or of an OCI layout', 'file'),
      since: text('Scan what commits since this day or time added, ISO 8601', 'time'),
      range: text('Scan what these commits added, as A..B', 'commits'),
      format: choice(FORMATS, 'Format of the report; default: text'),
      output: text('File for the report; default: standard output', 'file'),
      baseline: text(
        'File of known findings; default: .ringfence-baseline.json in the path, if present',
        'file',
      ),
      updateBaseline: yes('Write the findings to the baseline, and exit with 0'),
      rules: text('Ids of the rules to use, separated by commas', 'ids'),
      identifiers: yes('Also report identifiers that are not secret'),
      ignored: yes('Also scan files that git ignores'),
      workers: whole('Threads for a history; default: one for each processor'),
      verify: yes('Ask the vendors whether the credentials work, only by reads'),
      verifyOrigin: text('Origin that --verify asks instead of the vendors, such as a sandbox', 'url'),
      report: yes('Report the findings to the gateway, which recognises its own credentials'),
    },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          placeholder: 'path',
          brief: 'Folder or file; default: this folder',
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: 'Look for communications credentials in files, commits and images',
    fullDescription:
      'Scans the files below a path that git does not ignore, or what a flag names. Needs no gateway and no configuration. Exits with 3 when it finds a secret. A comment `ringfence:allow RULE reason="…" until=YYYY-MM-DD` beside a value, an entry in .ringfence-scan.yaml, or a baseline suppresses a finding.',
  },
});

const loadHook = () => import('../commands/scan-hook.ts');
const hookFlags = { json: common.json, verbose: common.verbose } as const;

const hook = buildRouteMap({
  routes: {
    install: buildCommand({
      loader: async () => bind((await loadHook()).install),
      parameters: { flags: hookFlags },
      docs: { brief: 'Install a Git hook that scans what is staged before each commit' },
    }),
    uninstall: buildCommand({
      loader: async () => bind((await loadHook()).uninstall),
      parameters: { flags: hookFlags },
      docs: { brief: 'Remove the hook; an earlier one is put back' },
    }),
  },
  docs: { brief: 'Scan before each commit' },
});

export const scan = buildRouteMap({
  routes: { run, hook },
  defaultCommand: 'run',
  docs: {
    brief: 'Look for leaked credentials',
    fullDescription:
      '`ringfence scan [path]` is short for `ringfence scan run [path]`, whose help lists the flags. A folder named run or hook is written ./run or ./hook.',
  },
});
