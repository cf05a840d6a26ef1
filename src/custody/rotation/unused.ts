import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import { accepts, isDead, list, PROOF_PAUSE_MILLISECONDS } from './proofs.ts';
import type { RotationRecord } from './record.ts';
import { isOk } from './vendor-calls.ts';
import { labelOf, type Work } from './work.ts';

const TRIES = 3;

/**
 * Ends what we made and nobody uses, and sees that it is gone: a vendor may say so before it is. `made` is the account
 * with the unused credential, where it is known. Null when nothing of ours is left at the vendor; else what is.
 */
export async function endUnused(
  work: Work,
  record: RotationRecord,
  made: OpenAccount | null,
): Promise<string | null> {
  for (let tries = 0; tries < TRIES; tries++) {
    const isEnded = await endOnce(work, record);
    const isRefused = made === null || (await isDead(work, made));
    if (isEnded && isRefused && !(await isListed(work, record))) return null;
    await work.sleep(PROOF_PAUSE_MILLISECONDS);
  }
  return record.created ?? 'the second secret';
}

/** Id of the credential with the secret that we chose; null when the vendor does not have it. */
export async function findChosen(work: Work, record: RotationRecord): Promise<string | null> {
  if (!(await work.candidates.has(record.account))) return null;
  if ((await accepts(work, await work.candidates.open(record.account))) !== true) return null;
  const listed = await list(work, await work.current());
  return listed?.find(({ id }) => !record.known.includes(id))?.id ?? null;
}

async function endOnce(work: Work, record: RotationRecord): Promise<boolean> {
  const account = await work.current();
  if (record.created !== null || work.rotation.list === null) return withdraw(work, account, record.created);
  const chosen = work.rotation.choose === undefined ? null : await findChosen(work, record);
  if (chosen !== null) return withdraw(work, account, chosen);
  const listed = await list(work, account);
  const ours = listed?.filter(({ label }) => label === labelOf(record)) ?? [];
  const ended = await Promise.all(ours.map(async ({ id }) => withdraw(work, account, id)));
  return listed !== null && ended.every(Boolean);
}

async function isListed(work: Work, record: RotationRecord): Promise<boolean> {
  if (work.rotation.list === null) return false;
  const listed = await list(work, await work.current());
  return (
    listed === null || listed.some(({ id, label }) => id === record.created || label === labelOf(record))
  );
}

async function withdraw(work: Work, account: OpenAccount, id: string | null): Promise<boolean> {
  const reply = await work.line.patiently(work.rotation.withdraw(account, id));
  return reply.kind === 'answer' && (isOk(reply.response) || reply.response.status === 404);
}
