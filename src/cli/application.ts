import { buildApplication, text_en, type Application, type RouteMap } from '@stricli/core';
import type { CliContext } from './context.ts';
import { exitCodeOf, formatFailure, type FailureStyle } from './failure.ts';
import { RingfenceError } from '../kernel/errors.ts';

/** Builds the program from its commands. Only their definitions are loaded; the code of a command is loaded when it runs. */
export function createApplication(
  root: RouteMap<CliContext>,
  version: string,
  style: FailureStyle,
): Application<CliContext> {
  const usage = (message: string) => formatFailure(new RingfenceError('usage', message), style);
  const failure = (error: unknown) => formatFailure(error, style);
  return buildApplication<CliContext>(root, {
    name: 'ringfence',
    versionInfo: { currentVersion: version },
    determineExitCode: exitCodeOf,
    scanner: { caseStyle: 'allow-kebab-for-camel', allowArgumentEscapeSequence: true },
    documentation: { caseStyle: 'convert-camel-to-kebab', disableAnsiColor: true },
    localization: {
      text: {
        ...text_en,
        noCommandRegisteredForInput: ({ input, corrections }) =>
          usage(`There is no command \`${input}\`${suggest(corrections)}`),
        exceptionWhileParsingArguments: (error) =>
          usage(sentence(text_en.exceptionWhileParsingArguments(error, false))),
        exceptionWhileRunningCommand: failure,
        exceptionWhileLoadingCommandFunction: failure,
        exceptionWhileLoadingCommandContext: failure,
        commandErrorResult: failure,
      },
    },
  });
}

function suggest(corrections: readonly string[]): string {
  return corrections.length === 0 ? '.' : `; did you mean ${corrections.join(' or ')}?`;
}

/** The library's text of a parse error, without the name and stack of the error that our parsers throw. */
function sentence(text: string): string {
  const [line = ''] = text.split('\n');
  const plain = line.replace(/(Ringfence)?Error: /, '');
  return /[.?!]$/.test(plain) ? plain : `${plain}.`;
}
