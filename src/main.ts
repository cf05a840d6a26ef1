import { createCli } from './cli/cli.ts';
import { VERSION } from './kernel/version.ts';

/** The gateway itself is loaded only by the commands that run it. */
const load = async () => (await import('./node/actions.ts')).createActions(process);

const cli = createCli({
  process,
  client: async (options) => (await import('./cli/client.ts')).createClient(options),
  version: VERSION,
  actions: {
    init: async (options) => (await load()).init(options),
    dev: async (options) => (await load()).dev(options),
    serve: async (options) => (await load()).serve(options),
    inspect: async (options) => (await load()).inspect(options),
  },
});
const code = await cli.run(process.argv.slice(2));
// Timers of pools must not keep a command alive that is done.
process.exit(code);
