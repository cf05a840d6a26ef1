import type { CliActions, CliProcess } from '../../cli/context.ts';
import { backup } from './backup.ts';
import { checkPolicy } from './check-policy.ts';
import { dev } from './dev.ts';
import { init } from './init.ts';
import { inspect } from './inspect.ts';
import { createLocal } from './local.ts';
import { createRingActions } from './ring.ts';
import { serve } from './serve.ts';

/** The commands that are the product itself. */
export function createActions(process: CliProcess): CliActions {
  const local = createLocal(process);
  return {
    init: (options) => init(local, options),
    dev: (options) => dev(local, options),
    serve: (options) => serve(local, options),
    inspect: (options) => inspect(local, options),
    backup: (options, folder, progress) => backup(local, options, folder, progress),
    ring: createRingActions(local),
    checkPolicy: async (source) => checkPolicy(source),
  };
}
