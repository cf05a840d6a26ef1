import { buildApplication, buildRouteMap, text_en, type Application } from '@stricli/core';
import type { CliContext } from './context.ts';
import { exitCodeOf, formatFailure, type FailureStyle } from './failure.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { accounts } from './nouns/accounts.ts';
import { apps } from './nouns/apps.ts';
import { budgets } from './nouns/budgets.ts';
import { canaries } from './nouns/canaries.ts';
import { complete, completion, help } from './nouns/help.ts';
import { journal } from './nouns/journal.ts';
import { keys } from './nouns/keys.ts';
import { kill } from './nouns/kill.ts';
import { leaks } from './nouns/leaks.ts';
import { ledger } from './nouns/ledger.ts';
import { policy } from './nouns/policy.ts';
import { prices } from './nouns/prices.ts';
import { scan } from './nouns/scan.ts';
import { system } from './nouns/system.ts';

const root = buildRouteMap({
  routes: {
    ...system,
    accounts,
    apps,
    keys,
    scan,
    leaks,
    canaries,
    policy,
    budgets,
    prices,
    ledger,
    journal,
    kill,
    completion,
    help,
    __complete: complete,
  },
  docs: {
    brief: 'Security gateway for communications APIs',
    hideRoute: { __complete: true },
  },
});

/** All commands. Their definitions load at once, what they do loads when one runs. */
export function createApplication(version: string, style: FailureStyle): Application<CliContext> {
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
