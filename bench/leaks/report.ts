import { precisionOf, recallOf, type Reported, type Tally } from './score.ts';

export interface Sections {
  readonly figures: {
    readonly recall: number;
    readonly precision: number;
    readonly falsePerThousandFiles: number | null;
  };
  readonly all: Tally;
  readonly tree: {
    readonly all: Tally;
    readonly own: Tally;
    readonly byVendor: ReadonlyMap<string, Tally>;
    readonly byGroup: ReadonlyMap<string, Tally>;
    readonly wrong: readonly Reported[];
  };
  readonly histories: ReadonlyMap<string, Tally>;
  readonly repositories: readonly {
    readonly name: string;
    readonly files: number;
    readonly reports: readonly Reported[];
  }[];
  readonly cases: number;
}

const HEAD =
  '| | found | missed | wrong | other vendor | recall | precision |\n|---|---|---|---|---|---|---|';
const percent = (share: number): string => `${(share * 100).toFixed(2)} %`;

function row(name: string, tally: Tally): string {
  const { found, missed, wrong, misnamed } = tally;
  const recall = found + missed === 0 ? '' : percent(recallOf(tally));
  const precision = found + wrong === 0 ? '' : percent(precisionOf(tally));
  return `| ${name} | ${found} | ${missed} | ${wrong} | ${misnamed} | ${recall} | ${precision} |`;
}

const table = (tallies: Iterable<readonly [string, Tally]>): string =>
  [HEAD, ...Array.from(tallies, ([name, tally]) => row(name, tally))].join('\n');

/** The first four characters and the length: enough to look a finding up, and nothing to log in with. */
export const masked = (secret: string): string =>
  `${secret.slice(0, 4).replaceAll('|', ' ')}… (${secret.length})`;

function findings(reports: readonly Reported[]): string {
  const lines = reports.map(({ path, rule, secret }) => `| ${path} | ${rule} | \`${masked(secret)}\` |`);
  return ['| file | rule | value |', '|---|---|---|', ...lines].join('\n');
}

function repositoryPart({ repositories, figures }: Sections): string {
  if (repositories.length === 0) return 'No repository was given.';
  const parts = repositories.map(
    ({ name, files, reports }) =>
      `### ${name}\n\n${files} files, ${reports.length} findings.${reports.length === 0 ? '' : `\n\n${findings(reports)}`}`,
  );
  return [`${figures.falsePerThousandFiles} findings in a thousand files.`, ...parts].join('\n\n');
}

/** The whole report as Markdown. */
export function renderReport(sections: Sections): string {
  const { all, tree, histories, cases, figures } = sections;
  const sorted = [...tree.byVendor].toSorted(([one], [other]) => one.localeCompare(other, 'en'));
  return [
    `Recall ${percent(figures.recall)}, precision ${percent(figures.precision)} over ${all.found + all.missed} planted secrets in ${cases} files and ${[...histories.values()].reduce((total, one) => total + one.found + one.missed, 0)} stories of histories.`,
    '## Contexts and negatives',
    table(tree.byGroup),
    '## Histories',
    table(histories),
    '## Vendors',
    table(sorted),
    `## Our own virtual keys, counted apart\n\n${table([['virtual key', tree.own]])}`,
    '## Wrong findings',
    tree.wrong.length === 0 ? 'None.' : findings(tree.wrong.slice(0, 100)),
    '## Public repositories',
    repositoryPart(sections),
  ].join('\n\n');
}
