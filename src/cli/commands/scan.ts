import { relative } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Finding, ScanReport } from '../../scan/report/findings.ts';
import type { Held, HoldOptions } from '../../scan/report/hold.ts';
import type { Sighting } from '../../scan/sighting.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { CommonFlags } from '../flags.ts';
import {
  openBaseline,
  openSuppressions,
  projectFolder,
  writeBaselineFile,
  writeReportFile,
} from '../scan/inputs.ts';
import { createProgressLine } from '../terminal/progress.ts';
import { formatReport, type Format } from '../scan/format.ts';
import { chooseSource, type SourceFlags } from '../scan/sources.ts';

export interface ScanFlags extends CommonFlags, SourceFlags {
  readonly format?: Format;
  readonly output?: string;
  readonly baseline?: string;
  readonly updateBaseline: boolean;
  readonly identifiers: boolean;
  readonly verify: boolean;
  readonly verifyOrigin?: string;
  readonly report: boolean;
}

/** Scans, holds back what baseline and suppressions allow, and reports the rest. */
export async function scan(context: CliContext, flags: ScanFlags, path = '.'): Promise<void> {
  const startedAt = Date.now();
  if (flags.verifyOrigin !== undefined && !flags.verify)
    throw new RingfenceError('usage', '--verify-origin says where --verify asks; give both.');
  const line = createProgressLine(context.process, Date.now);
  const source = chooseSource({ context, flags, path, progress: line.update });
  const folder = projectFolder(path);
  const today = new Date(startedAt).toISOString().slice(0, 10);
  const [baseline, suppressions] = await Promise.all([
    openBaseline(folder, flags.baseline, flags.updateBaseline),
    openSuppressions(folder, today),
  ]);
  const fingerprint = await openFingerprint(baseline?.key ?? null);
  const outcome = await source.run().finally(line.clear);
  const { sightings, problems, ...looked } = outcome;
  const options = { suppressions, fingerprint, today, identifiers: flags.identifiers, problems };
  const held = await holdBack(sightings, {
    ...options,
    baseline: flags.updateBaseline ? null : baseline,
  });
  const report: ScanReport = {
    ...looked,
    ...held,
    findings: flags.verify
      ? await verify(context, flags, { findings: held.findings, folder })
      : held.findings,
    scanned: source.scanned,
    below: belowHere(folder),
    version: context.version,
    startedAt,
    endedAt: Date.now(),
  };
  const isBlind = await couldReadNothing(flags, report);
  if (flags.updateBaseline)
    return updateBaseline(context, flags, { folder, key: baseline?.key ?? null, report, isBlind });
  await print(
    context,
    flags,
    { report, folder },
    fingerprint === null ? null : ({ rule, secret }) => fingerprint(rule.id, secret.reveal()),
  );
  if (report.findings.length > 0) context.exit(EXIT.findings);
  else if (isBlind) context.exit(EXIT.failure); // A CI job that can read nothing must not pass.
  if (flags.report) await tellGateway(context, flags, { findings: report.findings, folder });
}

/** The scanned folder relative to the working directory, which in CI is the root of the checkout; reports give paths from there. */
function belowHere(folder: string): string {
  const below = relative('.', folder);
  return below === '' || below.startsWith('..') ? '' : `${below}/`;
}

/**
 * True when nothing could be read at all. Never for a commit hook: a commit whose only file is too large or damaged passes, and
 * the problem is reported.
 */
async function couldReadNothing({ staged }: ScanFlags, report: ScanReport): Promise<boolean> {
  if (staged || report.problems.length === 0) return false;
  return (await import('../../scan/report/summary.ts')).isBlind(report);
}

const problemOf = ({ problems: [first] }: ScanReport): string =>
  `${first?.where ?? ''}: ${first?.problem ?? ''}`;

const NOTHING = { findings: [], held: { baseline: 0, allowed: 0 }, remarks: [] };

/** Holds back known values. Mostly nothing was found, and then no code is loaded for it. */
async function holdBack(sightings: readonly Sighting[], options: HoldOptions): Promise<Held> {
  if (sightings.length === 0 && options.suppressions === null)
    return { ...NOTHING, problems: options.problems };
  return (await import('../../scan/report/hold.ts')).holdBack(sightings, options);
}

async function openFingerprint(
  key: string | null,
): Promise<((rule: string, value: string) => string) | null> {
  if (key === null) return null;
  const { createFingerprint } = await import('../../scan/report/fingerprint.ts');
  return createFingerprint(key);
}

async function verify(
  { process: { env } }: CliContext,
  { verifyOrigin: origin }: ScanFlags,
  { findings, folder }: { readonly findings: readonly Finding[]; readonly folder: string },
): Promise<readonly Finding[]> {
  const { verifyFindings } = await import('../scan/verify.ts');
  return verifyFindings(findings, { origin, folder, env });
}

async function print(
  context: CliContext,
  flags: ScanFlags,
  { report, folder }: { readonly report: ScanReport; readonly folder: string },
  fingerprint: ((finding: Finding) => string) | null,
): Promise<void> {
  const { stdout, env } = context.process;
  const format = flags.format ?? (flags.json ? 'json' : 'text');
  const isColoured =
    flags.output === undefined &&
    stdout.isTTY === true &&
    (env['NO_COLOR'] ?? '') === '' &&
    env['TERM'] !== 'dumb';
  const text = await formatReport(format, report, { fingerprint, isColoured });
  if (format === 'csv') await tellProblems(context, report);
  if (flags.output === undefined) return void stdout.write(text);
  writeReportFile(folder, flags.output, text);
  if (format === 'text' || flags.json) return;
  const { counted } = await import('../../kernel/wording.ts');
  context.process.stderr.write(`${counted(report.findings.length, 'finding')}; see ${flags.output}\n`);
}

/** Prints what could not be read to stderr, as CSV rows have no place for it. */
async function tellProblems({ process }: CliContext, report: ScanReport): Promise<void> {
  if (report.problems.length === 0) return;
  const { formatProblems } = await import('../../scan/report/text.ts');
  process.stderr.write(formatProblems(report));
}

interface Update {
  readonly folder: string;
  readonly key: string | null;
  readonly report: ScanReport;
  readonly isBlind: boolean;
}

async function updateBaseline(
  context: CliContext,
  flags: ScanFlags,
  { folder, key, report, isBlind }: Update,
): Promise<void> {
  if (isBlind)
    throw new RingfenceError(
      'input_invalid',
      `Nothing could be read in ${report.scanned}: ${problemOf(report)}`,
    );
  const [{ writeBaseline }, { randomBytes }, { createOutput }, { counted }] = await Promise.all([
    import('../../scan/report/baseline.ts'),
    import('node:crypto'),
    import('../session.ts'),
    import('../../kernel/wording.ts'),
  ]);
  const text = writeBaseline(report.findings, key ?? randomBytes(32).toString('base64url'));
  const path = writeBaselineFile(folder, flags.baseline, text);
  const written = { baseline: path, findings: report.findings.length };
  createOutput(context, flags).show(
    written,
    ({ findings: count }) => `${path} holds ${counted(count, 'finding')} now.`,
  );
}

/** Reports the findings to the gateway, which compares them with its accounts, virtual keys and canaries. */
async function tellGateway(
  context: CliContext,
  flags: ScanFlags,
  { findings, folder }: { readonly findings: readonly Finding[]; readonly folder: string },
): Promise<void> {
  const [{ openSession }, { reportSightings }, { noteNext }, { createNeighbourhood }] = await Promise.all([
    import('../session.ts'),
    import('../leak-report.ts'),
    import('./leaks.ts'),
    import('../scan/neighbourhood.ts'),
  ]);
  const { client, note } = await openSession(context, flags);
  const leaks = await reportSightings(
    client,
    findings.flatMap(({ places }) => places),
    createNeighbourhood({ folder, env: context.process.env }).keyOf,
  );
  const own = leaks.filter(({ match }) => match !== null);
  note(`The gateway knows ${own.length} of ${leaks.length} as its own.`);
  noteNext(note, own);
}
