import { RingfenceError } from '../../kernel/errors.ts';
import type { ScanOutcome, ScanProgress } from '../../scan/sighting.ts';
import type { Search } from '../../scan/sources/search.ts';
import type { CliContext } from '../context.ts';

export interface SourceFlags {
  readonly staged: boolean;
  readonly history: boolean;
  readonly stdin: boolean;
  readonly image?: string;
  readonly since?: string;
  readonly range?: string;
  readonly rules?: string;
  readonly ignored: boolean;
  readonly workers?: number;
}

export interface SourceRun {
  readonly context: CliContext;
  readonly flags: SourceFlags;
  readonly path: string;
  readonly progress: (progress: ScanProgress) => void;
}

interface Source {
  /** What is scanned, in words. */
  readonly scanned: string;
  readonly run: () => Promise<ScanOutcome>;
}

/** The one source that the flags name. Modules load when it runs: a hook must not wait for what it does not use. */
export function chooseSource(run: SourceRun): Source {
  const { flags, path } = run;
  const { staged, stdin, image, history, since, range } = flags;
  const isHistory = history || since !== undefined || range !== undefined;
  if ([staged, stdin, image !== undefined, isHistory].filter(Boolean).length > 1)
    throw new RingfenceError('usage', 'Choose one of --staged, --history, --stdin and --image.');
  if (since !== undefined && range !== undefined)
    throw new RingfenceError('usage', 'Choose one of --since and --range.');
  if (staged) return { scanned: 'what is staged', run: () => scanIndex(run) };
  if (stdin) return { scanned: 'standard input', run: () => scanInput(run) };
  if (image !== undefined) return { scanned: image, run: () => scanImageFile(run, image) };
  if (isHistory) return { scanned: historyName(run), run: () => scanCommits(run) };
  return { scanned: path, run: () => scanFiles(run) };
}

function historyName({ flags: { since, range }, path }: SourceRun): string {
  if (range !== undefined) return `the commits ${range} of ${path}`;
  return since === undefined ? `the history of ${path}` : `the history of ${path} since ${since}`;
}

/** The rules load when there is a reason. */
async function openSearch({ rules }: SourceFlags): Promise<Search> {
  const [{ createSearch }, { createLateDetector }] = await Promise.all([
    import('../../scan/sources/search.ts'),
    import('../../scan/sources/late-detector.ts'),
  ]);
  return createSearch(createLateDetector(await ruleIds(rules)));
}

/** Ids of `--rules`; null: all. Throws when there is no such rule. */
async function ruleIds(list: string | undefined): Promise<readonly string[] | null> {
  if (list === undefined) return null;
  const { selectRules } = await import('../../scan/detector-source.ts');
  const known = new Set(selectRules(null).map(({ id }) => id));
  const ids = list.split(',').map((id) => id.trim());
  const unknown = ids.find((id) => !known.has(id));
  if (unknown !== undefined)
    throw new RingfenceError(
      'usage',
      `There is no rule "${unknown}"; docs/reference/leak-rules.md lists them.`,
    );
  return ids;
}

async function scanFiles({ context, flags, path, progress }: SourceRun): Promise<ScanOutcome> {
  const [search, { scanTree }, { createGit, withoutPlaces }] = await Promise.all([
    openSearch(flags),
    import('../../scan/sources/work-tree.ts'),
    import('../../scan/sources/git-process.ts'),
  ]);
  await scanTree({
    path,
    ignored: flags.ignored,
    git: createGit(withoutPlaces(context.process.env)),
    search,
    progress,
  });
  return search.outcome();
}

const NOTHING: ScanOutcome = { sightings: [], problems: [], documents: 0, bytes: 0, binaries: 0 };

async function scanIndex({ context, flags, path }: SourceRun): Promise<ScanOutcome> {
  const [{ scanStaged }, { createGit }, { objectFolders }] = await Promise.all([
    import('../../scan/sources/staged.ts'),
    import('../../scan/sources/git-process.ts'),
    import('../../scan/sources/object-folders.ts'),
  ]);
  const { env } = context.process;
  const search = await scanStaged({
    path,
    git: createGit(env),
    objectDirectories: await objectFolders(path, env),
    open: () => openSearch(flags),
  });
  return search?.outcome() ?? NOTHING;
}

async function scanInput({ context, flags }: SourceRun): Promise<ScanOutcome> {
  const search = await openSearch(flags);
  const chunks = context.process.stdin as AsyncIterable<Uint8Array>;
  await search.lookStream({ kind: 'stdin' }, chunks);
  return search.outcome();
}

async function scanImageFile({ flags, progress }: SourceRun, file: string): Promise<ScanOutcome> {
  const [search, { scanImage }] = await Promise.all([
    openSearch(flags),
    import('../../scan/sources/image.ts'),
  ]);
  await scanImage({ file, search, progress });
  return search.outcome();
}

async function scanCommits({ flags, path, progress }: SourceRun): Promise<ScanOutcome> {
  const [{ scanRepository }, ids] = await Promise.all([
    import('../../scan/sources/history.ts'),
    ruleIds(flags.rules),
  ]);
  const { since, range, workers } = flags;
  const revisions = range === undefined ? null : { revisions: range };
  return scanRepository({
    path,
    ids,
    pause: () => new Promise((resolve) => void setImmediate(resolve)),
    range: since === undefined ? revisions : { since: timeOf(since) },
    ...(workers === undefined ? {} : { workers }),
    progress,
  });
}

function timeOf(text: string): number {
  const time = Date.parse(text);
  if (!Number.isFinite(time)) throw new RingfenceError('usage', `"${text}" is no day or time of ISO 8601.`);
  return time;
}
