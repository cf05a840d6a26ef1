import { dirname, join } from 'node:path';
import { RingfenceError } from '../../kernel/errors.ts';
import { files } from '../../scan/builtins.ts';
import type { Baseline } from '../../scan/report/baseline.ts';
import type { Suppressions } from '../../scan/report/suppressions.ts';

const SUPPRESSION_FILE = '.ringfence-scan.yaml';
const BASELINE_FILE = '.ringfence-baseline.json';
const MOST_BYTES = 64 << 20;

/** Folder in which the project keeps its baseline and its suppressions. */
export function projectFolder(path: string): string {
  return files.statSync(path, { throwIfNoEntry: false })?.isFile() === true ? dirname(path) : path;
}

export function baselinePath(folder: string, given: string | undefined): string {
  return given ?? join(folder, BASELINE_FILE);
}

/** The baseline that a flag names, or the project's if it has one. */
export async function openBaseline(
  folder: string,
  given: string | undefined,
  mayBeMissing: boolean,
): Promise<Baseline | null> {
  const path = baselinePath(folder, given);
  if ((given === undefined || mayBeMissing) && !files.existsSync(path)) return null;
  const { readBaseline } = await import('../../scan/report/baseline.ts');
  return readBaseline(readText(path, given !== undefined), path);
}

/** What `.ringfence-scan.yaml` of the project allows; null when there is none. */
export async function openSuppressions(folder: string, today: string): Promise<Suppressions | null> {
  const path = join(folder, SUPPRESSION_FILE);
  if (!files.existsSync(path)) return null;
  const [{ readSuppressions }, { parse }] = await Promise.all([
    import('../../scan/report/suppressions.ts'),
    import('yaml'),
  ]);
  return readSuppressions(parseYaml(parse, readText(path, false)), today);
}

function parseYaml(parse: (text: string) => unknown, text: string): unknown {
  try {
    return parse(text);
  } catch (error) {
    const [reason = ''] = (error instanceof Error ? error.message : '').split('\n');
    throw new RingfenceError(
      'input_invalid',
      `${SUPPRESSION_FILE} is no YAML: ${reason.replace(/:$/, '')}.`,
      {
        cause: error,
      },
    );
  }
}

/** A link that comes with a project could lead to anything, and a device has no end: only what a person names may be a link. */
function readText(path: string, mayBeLink: boolean): string {
  try {
    const status = mayBeLink ? files.statSync(path) : files.lstatSync(path);
    if (!status.isFile()) throw new Error('it is no regular file');
    if (status.size > MOST_BYTES) throw new Error('it is too large');
    return files.readFileSync(path, 'utf8');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new RingfenceError('input_invalid', `The file ${path} cannot be read: ${reason}.`, {
      cause: error,
    });
  }
}

/** Writes a baseline; not through a link that came with the project. */
export function writeBaselineFile(folder: string, given: string | undefined, text: string): string {
  const path = baselinePath(folder, given);
  if (given === undefined && files.lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new RingfenceError('input_invalid', `The file ${path} is a link; nothing was written through it.`);
  writeText(path, text);
  return path;
}

export function writeText(path: string, text: string): void {
  try {
    files.writeFileSync(path, text);
  } catch (error) {
    throw new RingfenceError('input_invalid', `The file ${path} cannot be written.`, { cause: error });
  }
}
