import type { CliContext } from '../context.ts';
import { createOutput } from '../session.ts';
import { installHook, uninstallHook } from '../scan/hook.ts';

interface HookFlags {
  readonly json: boolean;
  readonly verbose: boolean;
}

export function install(context: CliContext, flags: HookFlags): void {
  const done = installHook('.', context.process.env);
  createOutput(context, flags).show(done, ({ hook, earlier }) =>
    [
      `${hook} scans what is staged before each commit.`,
      ...(earlier === null ? [] : [`The earlier hook is now ${earlier}, and still runs first.`]),
    ].join('\n'),
  );
}

export function uninstall(context: CliContext, flags: HookFlags): void {
  const done = uninstallHook('.', context.process.env);
  createOutput(context, flags).show(done, ({ hook, earlier }) =>
    earlier === null ? `${hook} is removed.` : `${hook} is the earlier hook again.`,
  );
}
