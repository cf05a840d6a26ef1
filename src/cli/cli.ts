import { ExitCode, proposeCompletions, run } from '@stricli/core';
import { createApplication } from './application.ts';
import type { CliContext, CliOptions } from './context.ts';
import { EXIT } from './exit.ts';
import type { FailureStyle } from './failure.ts';
import { layHelp } from './terminal/help-text.ts';
import { widthOf } from './terminal/width.ts';

export interface Cli {
  /** Runs one command line, without the program's name. Resolves to the exit code; never rejects. */
  run(words: readonly string[]): Promise<number>;
}

/** The command line, apart from the process that it runs in. */
export function createCli(options: CliOptions): Cli {
  return Object.freeze({
    async run(words: readonly string[]) {
      const { routes } = await (words[0] === 'scan' ? import('./scan-routes.ts') : import('./routes.ts'));
      const application = createApplication(routes, options.version, styleOf(words));
      const state = { code: EXIT.ok as number };
      const context: CliContext = {
        ...options,
        exit: (code) => void (state.code = code),
        complete: async (partial) => {
          const found = await proposeCompletions(application, partial, frame(context));
          return found.map(({ completion }) => completion).filter((one) => !one.startsWith('__'));
        },
      };
      const library = frame(context);
      await run(application, words, library);
      const code = Number(library.process.exitCode ?? EXIT.ok);
      return code === ExitCode.Success ? state.code : fromLibrary(code);
    },
  });
}

/** What the library itself writes to standard output is help. */
function helpOutput({ stdout }: CliContext['process']) {
  return { write: (text: string) => void stdout.write(layHelp(text, widthOf(stdout))) };
}

/** The library writes exit codes into its process; ours stays as it is. */
function frame(context: CliContext) {
  const { stderr, env } = context.process;
  const process = {
    stdout: helpOutput(context.process),
    stderr,
    env,
    exitCode: null as number | string | null,
  };
  return { process, forCommand: () => context };
}

/** Codes of the library below 0 tell what it could not do itself. */
function fromLibrary(code: number): number {
  if (code === ExitCode.UnknownCommand || code === ExitCode.InvalidArgument) return EXIT.usage;
  return code < 0 ? EXIT.failure : code;
}

/** Errors of parsing must be told in the right form too, before the flags are known. */
function styleOf(words: readonly string[]): FailureStyle {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  return { json: own.includes('--json'), verbose: own.includes('--verbose') };
}
