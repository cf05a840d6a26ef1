import type { CliActions, CliProcess } from '../cli/context.ts';
import { backup } from './actions/backup.ts';
import { dev } from './actions/dev.ts';
import { init } from './actions/init.ts';
import { inspect } from './actions/inspect.ts';
import { createLocal } from './actions/local.ts';
import { createRingActions } from './actions/ring.ts';
import { serve } from './actions/serve.ts';

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
  };
}
