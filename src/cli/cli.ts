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

/** The command line, independent of the process that it runs in. */
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

/** A standard output for the parser library, which writes nothing but help to it: help is laid out for the terminal. */
function helpOutput({ stdout }: CliContext['process']) {
  return { write: (text: string) => void stdout.write(layHelp(text, widthOf(stdout))) };
}

/** A stand-in for `process` that the library may write exit codes into, so that the real one keeps its own. */
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

/** Translates the library's exit codes: those below 0 are its own failures, such as an unknown command. */
function fromLibrary(code: number): number {
  if (code === ExitCode.UnknownCommand || code === ExitCode.InvalidArgument) return EXIT.usage;
  return code < 0 ? EXIT.failure : code;
}

/** How failures are to be shown, read off the words: an error of parsing must obey `--json` before any flag is parsed. */
function styleOf(words: readonly string[]): FailureStyle {
  const end = words.indexOf('--');
  const own = end === -1 ? words : words.slice(0, end);
  return { json: own.includes('--json'), verbose: own.includes('--verbose') };
}
