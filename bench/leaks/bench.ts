import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { filesOf } from './checkout.ts';
import { createCorpus, OWN_VENDOR, type Case } from './corpus.ts';
import { createHistories, STORIES, type PlantedStory } from './histories.ts';
import { scanHistory, scanTree } from './product.ts';
import {
  emptyTally,
  overlaps,
  precisionOf,
  recallOf,
  scorePlace,
  type Reported,
  type Tally,
} from './score.ts';
import { renderReport, type Sections } from './report.ts';

const parameters = process.argv.slice(2);
const isQuick = parameters.includes('--quick');
const isJson = parameters.includes('--json');
const repositories = parameters.filter((parameter) => !parameter.startsWith('--'));
const SEED = 20_260_301;
const PLAN = isQuick
  ? { repeats: 1, negatives: 25, stories: 3 }
  : { repeats: 4, negatives: 100, stories: 25 };

function say(line: string): void {
  if (!isJson) process.stderr.write(`${line}\n`);
}

function writeCases(folder: string, cases: readonly Case[]): void {
  for (const { path, content } of cases) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  }
}

function tallyIn(tallies: Map<string, Tally>, name: string): Tally {
  const tally = tallies.get(name) ?? emptyTally();
  tallies.set(name, tally);
  return tally;
}

interface TreeScore {
  /** Without our own virtual keys. */
  readonly all: Tally;
  readonly own: Tally;
  readonly byVendor: ReadonlyMap<string, Tally>;
  readonly byGroup: ReadonlyMap<string, Tally>;
  readonly wrong: readonly Reported[];
}

function scoreTree(cases: readonly Case[], reports: readonly Reported[]): TreeScore {
  const byPath = Map.groupBy(reports, ({ path }) => path);
  const [all, own] = [emptyTally(), emptyTally()];
  const [byVendor, byGroup] = [new Map<string, Tally>(), new Map<string, Tally>()];
  const wrong: Reported[] = [];
  for (const { path, planted, group } of cases) {
    const here = byPath.get(path) ?? [];
    const isOwn = planted?.vendor === OWN_VENDOR;
    const more = scorePlace(planted, here, isOwn ? own : all);
    scorePlace(planted, here, tallyIn(byGroup, group));
    // A wrong finding counts against the vendor whose key it is said to be.
    if (planted !== null)
      scorePlace(
        planted,
        here.filter((report) => !more.includes(report)),
        tallyIn(byVendor, planted.vendor),
      );
    for (const { vendor } of more) tallyIn(byVendor, vendor).wrong++;
    wrong.push(...more);
  }
  return { all, own, byVendor, byGroup, wrong };
}

/** In a history a value counts once, wherever it stands. */
function scoreHistory(planted: readonly PlantedStory[], reports: readonly Reported[]): Map<string, Tally> {
  const tallies = new Map<string, Tally>(STORIES.map((story) => [story, emptyTally()]));
  for (const one of planted) {
    const tally = tallyIn(tallies, one.story);
    const right = reports.filter(({ secret }) => overlaps(secret, one.secret));
    if (right.length === 0) tally.missed++;
    else tally.found++;
    if (right.length > 0 && !right.some(({ vendor }) => vendor === one.vendor)) tally.misnamed++;
  }
  const rest = reports.filter(({ secret }) => !planted.some((one) => overlaps(secret, one.secret)));
  tallyIn(tallies, 'none of them').wrong = new Set(rest.map(({ secret }) => secret)).size;
  return tallies;
}

function sum(tallies: Iterable<Tally>): Tally {
  const total = emptyTally();
  for (const { found, missed, wrong, misnamed } of tallies) {
    total.found += found;
    total.missed += missed;
    total.wrong += wrong;
    total.misnamed += misnamed;
  }
  return total;
}

const MILLI = 1000;
const round = (value: number): number => Number(value.toFixed(4));

async function scanRepositories(target: string): Promise<Sections['repositories']> {
  const scanned: Sections['repositories'][number][] = [];
  for (const given of repositories) {
    say(`scanning ${given}`);
    const { name, folder } = filesOf(given, target);
    const { reports, documents } = await scanTree(folder);
    scanned.push({ name, files: documents, reports });
  }
  return scanned;
}

async function main(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-leaks-'));
  try {
    const cases = createCorpus({ seed: SEED, repeats: PLAN.repeats, negatives: PLAN.negatives });
    say(`writing ${cases.length} files and ${PLAN.stories * STORIES.length} stories`);
    writeCases(join(folder, 'tree'), cases);
    const stories = createHistories({ folder: join(folder, 'history'), seed: SEED + 1, each: PLAN.stories });
    const tree = scoreTree(cases, (await scanTree(join(folder, 'tree'))).reports);
    const histories = scoreHistory(stories, (await scanHistory(join(folder, 'history'))).reports);
    const scanned = await scanRepositories(join(folder, 'repositories'));
    const all = sum([tree.all, ...histories.values()]);
    const files = scanned.reduce((total, one) => total + one.files, 0);
    const findings = scanned.reduce((total, one) => total + one.reports.length, 0);
    const figures = {
      recall: round(recallOf(all)),
      precision: round(precisionOf(all)),
      perVendor: Object.fromEntries(
        [...tree.byVendor].map(([vendor, tally]) => [
          vendor,
          { recall: round(recallOf(tally)), precision: round(precisionOf(tally)) },
        ]),
      ),
      falsePerThousandFiles: files === 0 ? null : round((findings * MILLI) / files),
    };
    const sections: Sections = { figures, all, tree, histories, repositories: scanned, cases: cases.length };
    if (!isJson) process.stdout.write(`${renderReport(sections)}\n`);
    if (parameters.includes('--write'))
      writeFileSync('bench/leaks/results.md', `${renderReport(sections)}\n`);
    process.stdout.write(`${JSON.stringify(figures)}\n`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

await main();
