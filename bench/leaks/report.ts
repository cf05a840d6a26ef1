import verdicts from './verdicts.json' with { type: 'json' };
import { precisionOf, recallOf, type Reported, type Tally } from './score.ts';

/** What the figures mean, and what they do not. */
const PREFACE = `Secrets are made from a table of formats (vendors' documentation and public samples), and written down in
the ways in which people write: files of settings, programs, commands, logs, notebooks, texts, and histories of git. No
piece of the scanner's rules is used in making them, but both were written by people who knew the same table; other
people's files are the stronger test, and are at the end.

A secret is found when a finding in its file (in a history: anywhere) holds it, at least half of it, or 64 characters of it. A finding that
holds no planted secret is wrong. *Other vendor* counts secrets that were found under another vendor's name. Public ids
are no secrets and are not counted. Verification is off. What is written in base64 counts as found when the value or
its encoded form was reported; the tree is decoded, a history is not.

Not in the table: tokens of Agora, which die within hours and of which many dead ones stand in guides; and what has no form
that is known well enough: free-text passwords and client secrets of Bandwidth, key secrets of Sinch, signature secrets of Vonage.`;

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

const VERDICTS: Readonly<Record<string, string>> = verdicts;

/** Each finding in a public repository with what a person says of it; without a word it counts as false, too. */
function judged(reports: readonly Reported[]): string {
  const lines = reports.map(({ path, rule, secret }) => {
    const verdict = VERDICTS[`${path} ${rule}`] ?? 'not looked at yet';
    return `| ${path} | ${rule} | \`${masked(secret)}\` | ${verdict} |`;
  });
  return ['| file | rule | value | verdict |', '|---|---|---|---|', ...lines].join('\n');
}

function repositoryPart({ repositories, figures }: Sections): string {
  if (repositories.length === 0) return 'No repository was given.';
  const parts = repositories.map(
    ({ name, files, reports }) =>
      `### ${name}\n\n${files} files, ${reports.length} findings.${reports.length === 0 ? '' : `\n\n${judged(reports)}`}`,
  );
  const all = `${figures.falsePerThousandFiles} findings in a thousand files; all of them count as false.`;
  return [all, ...parts].join('\n\n');
}

/** The whole report as Markdown. */
export function renderReport(sections: Sections): string {
  const { all, tree, histories, cases, figures } = sections;
  const sorted = [...tree.byVendor].toSorted(([one], [other]) => one.localeCompare(other, 'en'));
  const stories = [...histories.values()].reduce((total, one) => total + one.found + one.missed, 0);
  const names = sections.repositories.map(({ name }) => name);
  return [
    '# Benchmark of leaks',
    `Written by \`npm run bench:leaks -- ${['--write', ...names].join(' ')}\`.`,
    PREFACE,
    `**Recall ${percent(figures.recall)}, precision ${percent(figures.precision)}** over ${all.found + all.missed} planted secrets: ` +
      `${cases} files and ${stories} stories of histories.`,
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
