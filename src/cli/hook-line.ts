import type { ScanFlags } from './commands/scan.ts';
import type { CliContext, CliOptions } from './context.ts';

const FLAGS: ScanFlags = {
  staged: true,
  json: false,
  verbose: false,
  history: false,
  stdin: false,
  ignored: false,
  identifiers: false,
  updateBaseline: false,
  verify: false,
  report: false,
};

/** True for the command line that commit hooks run: `scan --staged [path]`. */
export function isHookLine([noun, flag, path = '', ...more]: readonly string[]): boolean {
  return noun === 'scan' && flag === '--staged' && !path.startsWith('-') && more.length === 0;
}

/**
 * Runs the command line of a commit hook as `cli.ts` would, but without its parser, whose loading is a seventh of the whole
 * time. Resolves to the exit code; never rejects.
 */
export async function runHookLine(options: CliOptions, words: readonly string[]): Promise<number> {
  let code = 0;
  const context: CliContext = {
    ...options,
    exit: (stated) => void (code = stated),
    complete: () => Promise.resolve([]),
  };
  try {
    const { scan } = await import('./commands/scan.ts');
    await scan(context, FLAGS, words[2]);
    return code;
  } catch (error) {
    const { exitCodeOf, formatFailure } = await import('./failure.ts');
    options.process.stderr.write(`${formatFailure(error, FLAGS)}\n`);
    return exitCodeOf(error);
  }
}
