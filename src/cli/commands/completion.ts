import { COMPLETION_SCRIPTS } from '../completion-scripts.ts';
import type { CliContext } from '../context.ts';

export function bash(context: CliContext): void {
  context.process.stdout.write(COMPLETION_SCRIPTS.bash);
}

export function zsh(context: CliContext): void {
  context.process.stdout.write(COMPLETION_SCRIPTS.zsh);
}

export function fish(context: CliContext): void {
  context.process.stdout.write(COMPLETION_SCRIPTS.fish);
}

/** Called by the scripts: the words after the program's name, the last one unfinished. */
export async function complete(context: CliContext, _: object, ...words: readonly string[]): Promise<void> {
  const found = await context.complete(words);
  context.process.stdout.write(found.map((one) => `${one}\n`).join(''));
}
