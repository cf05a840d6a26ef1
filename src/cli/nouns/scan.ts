import { buildCommand, buildRouteMap } from '@stricli/core';
import { bind } from '../bind.ts';
import { choice, common, text, whole, yes } from '../flags.ts';

const FORMATS = ['text', 'json', 'sarif', 'gitlab', 'junit', 'csv'] as const;

const run = buildCommand({
  loader: async () => bind((await import('../commands/scan.ts')).scan),
  parameters: {
    flags: {
      ...common,
      staged: yes('What the next commit adds or changes'),
      history: yes('Every object of the repository, reachable or not'),
      stdin: yes('Standard input'),
      image: text('A container image: tar file of docker save or of an OCI layout', 'file'),
      since: text('History: commits since this day or time, ISO 8601', 'time'),
      range: text('History: what these commits brought, as A..B', 'commits'),
      format: choice(FORMATS, 'Form of the report; text unless given'),
      output: text('File for the report; standard output unless given', 'file'),
      baseline: text('Known findings; .ringfence-baseline.json of the path if it is there', 'file'),
      updateBaseline: yes('Write the findings into the baseline, and end with 0'),
      rules: text('Ids of the rules to use, with commas between', 'ids'),
      identifiers: yes('Identifiers that are no secrets, too'),
      ignored: yes('Files that git ignores, too'),
      workers: whole('Threads for a history; one for each processor unless given'),
      verify: yes('Ask the vendors whether the credentials work; reads only'),
      verifyOrigin: text('Origin to ask instead of the vendors, such as a sandbox', 'url'),
      report: yes('Tell the gateway, which knows its own credentials'),
    },
    positional: {
      kind: 'tuple',
      parameters: [
        {
          parse: String,
          placeholder: 'path',
          brief: 'Folder or file; this folder unless given',
          optional: true,
        },
      ],
    },
  },
  docs: {
    brief: 'Look for communications credentials in files, commits and images',
    fullDescription:
      'Reads the files below a path that git does not ignore, or what a flag names. Needs no gateway and no configuration. Ends with 3 when it finds a secret. A comment `ringfence:allow RULE reason="…" until=YYYY-MM-DD` beside a value, an entry in .ringfence-scan.yaml, or a baseline holds a finding back.',
  },
});

const loadHook = () => import('../commands/scan-hook.ts');
const hookFlags = { json: common.json, verbose: common.verbose } as const;

const hook = buildRouteMap({
  routes: {
    install: buildCommand({
      loader: async () => bind((await loadHook()).install),
      parameters: { flags: hookFlags },
      docs: { brief: 'Scan what is staged before each commit in this repository' },
    }),
    uninstall: buildCommand({
      loader: async () => bind((await loadHook()).uninstall),
      parameters: { flags: hookFlags },
      docs: { brief: 'Scan no longer; an earlier hook is put back' },
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
