import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { Reply } from './vendor-calls.ts';
import type { Work } from './work.ts';

const PROOF_TRIES = 20;
/** Milliseconds between two questions of the same kind. */
export const PROOF_PAUSE_MILLISECONDS = 500;

/** Whether the vendor accepts a credential; null when it cannot be told. */
export async function accepts(work: Work, account: OpenAccount): Promise<boolean | null> {
  const { request, accepts: isAccepted } = work.rotation.test(account, work.now());
  const reply: Reply = await work.line.patiently(request);
  if (reply.kind !== 'answer') return null;
  if (isAccepted(reply.response)) return true;
  return reply.response.status === 401 || reply.response.status === 403 ? false : null;
}

/** One refusal may be a slip of the vendor, so it counts only when a second question gets the same answer. */
export async function isDead(work: Work, account: OpenAccount): Promise<boolean> {
  if ((await accepts(work, account)) !== false) return false;
  await work.sleep(PROOF_PAUSE_MILLISECONDS);
  return (await accepts(work, account)) === false;
}

/** Does the vendor accept the credential, now or in a while? */
export function becomesAccepted(work: Work, account: OpenAccount): Promise<boolean> {
  return becomesTrue(work, async () => (await accepts(work, account)) === true);
}

/** Does the vendor refuse the credential, now or in a while? */
export function becomesDead(work: Work, account: OpenAccount): Promise<boolean> {
  return becomesTrue(work, () => isDead(work, account));
}

/** Asks again and again: a change at the vendor may take a moment to be seen everywhere. */
async function becomesTrue({ sleep }: Work, question: () => Promise<boolean>): Promise<boolean> {
  for (let tries = 0; tries < PROOF_TRIES; tries++) {
    if (await question()) return true;
    await sleep(PROOF_PAUSE_MILLISECONDS);
  }
  return false;
}

/** What the vendor has of this kind; null when there is no list, or no answer. */
export async function list({ rotation, line }: Work, account: OpenAccount) {
  if (rotation.list === null) return null;
  const reply = await line.patiently(rotation.list.request(account));
  return reply.kind === 'answer' ? rotation.list.read(reply.response) : null;
}
