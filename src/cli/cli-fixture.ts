import type { AdminClient } from './client/client.ts';
import { createCli } from './cli.ts';

/** Runs a command against an admin API that gives these answers, one for each route, and returns what it prints. */
export async function printed(
  answer: (route: string) => unknown,
  ...words: readonly string[]
): Promise<string> {
  return (await ran(answer, ...words)).text;
}

/** As `printed`, but returns the exit code as well. */
export async function ran(
  answer: (route: string) => unknown,
  ...words: readonly string[]
): Promise<{ readonly text: string; readonly code: number }> {
  let text = '';
  const write = (part: string) => void (text += part);
  const process = {
    stdin: globalThis.process.stdin,
    stdout: { write },
    stderr: { write },
    env: {},
    version: 'v24',
    on: () => {},
    off: () => {},
  };
  const client = { call: (route: string) => Promise.resolve(answer(route)) } as unknown as AdminClient;
  const ring = { list: never, add: never, drop: never };
  const inspect = () => Promise.resolve([]);
  const actions = { init: never, dev: never, serve: never, inspect, backup: never, ring, checkPolicy: never };
  const code = await createCli({ process, client: () => client, actions, version: '1' }).run(words);
  return { text, code };
}

function never(): Promise<never> {
  return Promise.reject(new Error('not asked for'));
}
