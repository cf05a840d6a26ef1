import { RingfenceError } from '../../kernel/errors.ts';
import type { CliContext, RingView } from '../context.ts';
import type { CommonFlags } from '../flags.ts';
import { confirm } from '../terminal/prompt.ts';
import { createOutput, openSession } from '../session.ts';
import { localOptions, type LocalFlags } from './system.ts';

export async function list(context: CliContext, flags: LocalFlags): Promise<void> {
  const { table } = createOutput(context, flags);
  const { place, keys } = await context.actions.ring.list(localOptions(context, flags));
  const newest = keys.at(-1);
  table(
    keys.map((name) => ({ name, place, seals: name === newest })),
    {
      KEY: ({ name }) => name,
      USE: ({ seals }) => (seals ? 'seals and opens' : 'opens'),
      PLACE: () => place,
    },
  );
}

export async function add(context: CliContext, flags: LocalFlags): Promise<void> {
  const { show, note } = createOutput(context, flags);
  const ring = await context.actions.ring.add(localOptions(context, flags));
  show(ring, ({ place, keys }) => `The key ${keys.at(-1)} is added to ${place}. Back the ring up.`);
  note('Next: restart the gateway, then `ringfence accounts rekey`, then `ringfence ring drop`.');
}

export interface DropFlags extends LocalFlags, CommonFlags {
  readonly yes: boolean;
}

/** Removes old keys. First the gateway re-wraps everything to the newest: only it can tell that no record needs an older key. */
export async function drop(context: CliContext, flags: DropFlags): Promise<void> {
  const { client, show } = await openSession(context, flags);
  const { actions, process } = context;
  const options = localOptions(context, flags);
  const { keys } = await actions.ring.list(options);
  const question = `Drop ${keys.slice(0, -1).join(', ')}? Older backups of the store then open only with a backup of the ring.`;
  if (keys.length < 2)
    throw new RingfenceError('conflict', 'The ring has only one key: there is nothing to drop.');
  await confirm(process, question, flags.yes);
  const { failed, ringKey } = await client.call('accounts.rekey', {});
  if (failed.length > 0)
    throw new RingfenceError(
      'conflict',
      `${failed.length} sealed records are not under the newest key: see \`ringfence accounts rekey\`.`,
    );
  show(await actions.ring.drop(options, ringKey), dropped);
}

function dropped({ place, keys }: RingView): string {
  return `${place} now holds only the key ${keys.join(', ')}. Restart a running gateway: until then it keeps the others, and so does its store's log.`;
}
