import type { CliContext } from './context.ts';

type Work = void | Promise<void>;

/** The library hands the context over as `this`; our commands take it as their first argument. */
export function bind<Flags, Words extends readonly unknown[]>(
  command: (context: CliContext, flags: Flags, ...words: Words) => Work,
): (this: CliContext, flags: Flags, ...words: Words) => Work {
  return function (flags, ...words) {
    return command(this, flags, ...words);
  };
}
