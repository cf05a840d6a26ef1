import { dirname, join, resolve } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { files } from '../../scan/builtins.ts';
import type { Baseline } from '../../scan/report/baseline.ts';
import type { Suppressions } from '../../scan/report/suppressions.ts';

const SUPPRESSION_FILE = '.ringfence-scan.yaml';
const BASELINE_FILE = '.ringfence-baseline.json';
const MOST_BYTES = 64 << 20;
/** A file that people write by hand is smaller. Parsing a megabyte of YAML would take seconds and 200 MB. */
const MOST_SUPPRESSION_BYTES = 256 << 10;
const PART_BYTES = 64 << 10;

/** Folder in which the project keeps its baseline and its suppressions. */
export function projectFolder(path: string): string {
  return files.statSync(path, { throwIfNoEntry: false })?.isFile() === true ? dirname(path) : path;
}

function baselinePath(folder: string, given: string | undefined): string {
  return given ?? join(folder, BASELINE_FILE);
}

/** The baseline that a flag names, or the project's if it has one. */
export async function openBaseline(
  folder: string,
  given: string | undefined,
  isUpdated: boolean,
): Promise<Baseline | null> {
  const path = baselinePath(folder, given);
  if ((given === undefined || isUpdated) && !files.existsSync(path)) return null;
  const { readBaseline } = await import('../../scan/report/baseline.ts');
  const isNamed = given !== undefined;
  return readBaseline(readText(path, { mayBeLink: isNamed, mayBePipe: isNamed && !isUpdated }), path);
}

/** Suppressions of the project's `.ringfence-scan.yaml`; null when there is no such file. */
export async function openSuppressions(folder: string, today: string): Promise<Suppressions | null> {
  const path = join(folder, SUPPRESSION_FILE);
  if (!files.existsSync(path)) return null;
  const [{ readSuppressions }, yaml] = await Promise.all([
    import('../../scan/report/suppressions.ts'),
    import('yaml'),
  ]);
  const text = readText(path, { mayBeLink: false, mayBePipe: false, most: MOST_SUPPRESSION_BYTES });
  return readSuppressions(parseYaml(yaml, text), today);
}

function parseYaml({ parseDocument, visit }: typeof import('yaml'), text: string): unknown {
  try {
    // `uniqueKeys` would compare each key with every other one, which is quadratic.
    const document = parseDocument(text, { uniqueKeys: false, logLevel: 'error' });
    const [error] = document.errors;
    if (error !== undefined) throw error;
    visit(document, { Map: (_, { items }) => refuseRepeated(items.map(({ key }) => String(key))) });
    return document.toJS();
  } catch (cause) {
    const [reason = ''] = messageOf(cause).split('\n');
    const message = `${SUPPRESSION_FILE} is no YAML: ${reason.replace(/:$/, '')}.`;
    throw new RingfenceError('input_invalid', message, { cause });
  }
}

function refuseRepeated(keys: readonly string[]): void {
  if (new Set(keys).size < keys.length) throw new Error('Map keys must be unique');
}

interface Allowed {
  readonly mayBeLink: boolean;
  readonly mayBePipe: boolean;
  readonly most?: number;
}

/**
 * Reads a text file with care. A link that came with the project could lead anywhere, a pipe could block for ever, and a
 * device may have no end: only a path that a person has given may be a link or a pipe.
 */
function readText(path: string, { mayBeLink, mayBePipe, most = MOST_BYTES }: Allowed): string {
  try {
    const status = mayBeLink ? files.statSync(path) : files.lstatSync(path);
    if (!status.isFile() && !(mayBePipe && status.isFIFO())) throw new Error('it is no regular file');
    if (status.size > most) throw new Error('it is too large');
    return status.isFIFO() ? readPipe(path) : files.readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RingfenceError('input_invalid', `The file ${path} cannot be read: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

function readPipe(path: string): string {
  const file = files.openSync(path, 'r');
  try {
    const parts: Buffer[] = [];
    for (let total = 0; ;) {
      const part = Buffer.alloc(PART_BYTES);
      const length = files.readSync(file, part);
      if (length === 0) return Buffer.concat(parts).toString();
      total += length;
      if (total > MOST_BYTES) throw new Error('it is too large');
      parts.push(part.subarray(0, length));
    }
  } finally {
    files.closeSync(file);
  }
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Writes a baseline. Does not follow a link in the project, which could overwrite any file of the user. */
export function writeBaselineFile(folder: string, given: string | undefined, text: string): string {
  const path = baselinePath(folder, given);
  if (given === undefined && files.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new RingfenceError('input_invalid', `The file ${path} is a link; nothing was written through it.`);
  writeText(path, text);
  return path;
}

/**
 * Writes a report. Refuses to go through a link that lies in the scanned `folder`, and to replace a link that lies in a folder
 * around it: either may have come with what is scanned, and could lead to any file of the user.
 */
export function writeReportFile(folder: string, path: string, text: string): void {
  const whole = resolve(path);
  const link = wayTo(whole).find(
    (one) =>
      files.lstatSync(one, { throwIfNoEntry: false })?.isSymbolicLink() === true &&
      (isWithin(folder, dirname(one)) || (one === whole && isWithin(dirname(one), folder))),
  );
  if (link !== undefined)
    throw new RingfenceError('input_invalid', `The file ${link} is a link; nothing was written through it.`);
  writeText(path, text);
}

/** The path itself and every folder above it. */
function wayTo(path: string): readonly string[] {
  return dirname(path) === path ? [] : [...wayTo(dirname(path)), path];
}

function isWithin(folder: string, path: string): boolean {
  const [outer, inner] = [folder, path].map((one) => `${files.realpathSync(one).replace(/\/$/, '')}/`);
  return inner?.startsWith(outer ?? '') === true;
}

function writeText(path: string, text: string): void {
  try {
    files.writeFileSync(path, text);
  } catch (cause) {
    throw new RingfenceError('input_invalid', `The file ${path} cannot be written: ${messageOf(cause)}.`, {
      cause,
    });
  }
}
