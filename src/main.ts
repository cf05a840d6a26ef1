import type { CliOptions } from './cli/context.ts';
import { isHookLine, runHookLine } from './cli/hook-line.ts';
import { outliveReaders, untilTaken } from './cli/terminal/lost-reader.ts';
import { VERSION } from './kernel/version.ts';

/** The gateway itself is loaded only by the commands that run it. */
const load = async () => {
  delete process.env['NODE_TLS_REJECT_UNAUTHORIZED']; // Vendors and store get real credentials, and prove who they are.
  return (await import('./node/actions/actions.ts')).createActions(process);
};

const options: CliOptions = {
  process,
  client: async (connection) => (await import('./cli/client/client.ts')).createClient(connection),
  version: VERSION,
  actions: {
    init: async (local) => (await load()).init(local),
    dev: async (local) => (await load()).dev(local),
    serve: async (local) => (await load()).serve(local),
    inspect: async (local) => (await load()).inspect(local),
    backup: async (local, folder, progress) => (await load()).backup(local, folder, progress),
    ring: {
      list: async (local) => (await load()).ring.list(local),
      add: async (local) => (await load()).ring.add(local),
      drop: async (local, inUse) => (await load()).ring.drop(local, inUse),
    },
    checkPolicy: async (source) => (await load()).checkPolicy(source),
  },
};
const words = process.argv.slice(2);
outliveReaders(process, words, process.exit);
const code = isHookLine(words)
  ? await runHookLine(options, words)
  : await (await import('./cli/cli.ts')).createCli(options).run(words);
await untilTaken(process, words);
// Timers of pools must not keep a command alive that is done.
process.exit(code);
