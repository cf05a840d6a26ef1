import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer } from '../api/contract.ts';
import type { CliContext } from './context.ts';
import { EXIT } from './exit.ts';
import type { Session } from './session.ts';

type Rotation = Answer<'accounts.rotation'>;

const POLL_MILLISECONDS = 300;

const TITLES: Readonly<Record<string, string>> = {
  creating: 'Asking the vendor for a second credential.',
  watching: 'Watching whether the vendor refuses apps.',
};

/** Tells each step as it comes, and the end: done, or a failure. The rotation goes on if nobody follows it. */
export async function followRotation(context: CliContext, session: Session, begun: Rotation): Promise<void> {
  const end = await untilEnd(session, begun);
  if (end.state !== 'done') context.exit(EXIT.failure);
  session.show(end, endText);
}

async function untilEnd({ client, note }: Session, begun: Rotation): Promise<Rotation> {
  let rotation = begun;
  let told = 0;
  if (begun.state === 'running')
    note('Ctrl-C ends this report only; the rotation goes on: `ringfence accounts rotations`.');
  for (;;) {
    for (const line of linesFrom(rotation, told)) note(line);
    told = rotation.steps.length;
    if (rotation.state !== 'running') return rotation;
    await sleep(POLL_MILLISECONDS);
    rotation = await client.call('accounts.rotation', { account: begun.account });
  }
}

function linesFrom({ steps }: Rotation, told: number): readonly string[] {
  const isSwitched = steps.some(({ phase }) => phase === 'watching');
  return steps.slice(told).flatMap(({ at, phase, note }) => {
    const title =
      phase === 'rolling-back' && isSwitched ? 'Going back to the old credential.' : TITLES[phase];
    const texts = [note, title ?? ''].filter((text) => text !== '');
    return texts.map((text) => `${at.slice(11, 19)}  ${text}`);
  });
}

function endText({ state, secret, problem }: Rotation): string {
  if (state === 'done') return `${secret} is rotated: the new one is in use, the vendor refuses the old one.`;
  if (state === 'rolled-back') return `${secret} is not rotated, the old one is in use. ${problem ?? ''}`;
  return `The rotation of ${secret} has stopped and needs you. ${problem ?? ''} Run the command again to continue.`;
}

export function guideText(steps: readonly string[]): string {
  return steps.map((step, place) => `  ${place + 1}. ${step}`).join('\n');
}
