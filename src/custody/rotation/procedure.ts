import { Secret } from '../../kernel/secret.ts';
import { randomBase62 } from '../../kernel/random.ts';
import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { FieldValues, SecretRotation } from '../../vendors/management-adapter.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import { accepts, becomesAccepted, becomesDead, isDead, PROOF_PAUSE_MILLISECONDS } from './proofs.ts';
import type { RotationPhase, RotationRecord } from './record.ts';
import { endUnused, findChosen } from './unused.ts';
import { isOk } from './vendor-calls.ts';
import { Halt, labelOf, merge, type Work } from './work.ts';

type Step = (work: Work, record: RotationRecord) => Promise<RotationRecord>;

const UNCLEAR = 'It is not known what became of a request for a second credential.';
const CREATE_TRIES = 4;
/** Characters of a secret that we choose: 190 bits. */
const CHOSEN_LENGTH = 32;
const WATCH_PAUSE_MILLISECONDS = 250;
/** Requests that already carry a credential may be on their way for this long. */
const DRAIN_MILLISECONDS = 2000;

/** The step of each phase in which a rotation goes on. After a crash, the step is begun again from its start. */
export const STEPS: Readonly<Partial<Record<RotationPhase, Step>>> = {
  creating,
  verifying,
  switching,
  watching,
  retiring,
  'rolling-back': rollingBack,
};

async function creating(work: Work, record: RotationRecord): Promise<RotationRecord> {
  const adopted = record.tries > 0 ? await takeUp(work, record) : null;
  if (adopted !== null) return adopted;
  if (record.tries >= CREATE_TRIES)
    return giveUp(work, record, `A second credential was asked for in vain. ${record.problem ?? ''}`.trim());
  const account = await work.current();
  const known = record.tries === 0 ? await listKnown(work, account) : record.known;
  if (typeof known === 'string') return giveUp(work, record, known);
  const chosen = await choose(work, record, account);
  const asking = await work.advance(record, { tries: record.tries + 1, known });
  const reply = await work.line.once(work.rotation.create(account, labelOf(asking), chosen));
  if (reply.kind === 'unsent' && record.tries === 0)
    return giveUp(work, { ...asking, tries: 0 }, `No second credential was asked for: ${reply.problem}.`);
  if (reply.kind !== 'answer') {
    await work.sleep(PROOF_PAUSE_MILLISECONDS * 2 ** record.tries);
    return work.advance(asking, { problem: `The last time: ${reply.problem}.` });
  }
  const made = work.rotation.readCreated(reply.response);
  if (made === null) return refused(work, asking, reply.response);
  await work.candidates.put(record.account, merge(account, { ...chosen, ...made.values }));
  return work.advance(asking, {
    phase: 'verifying',
    problem: null,
    created: made.id,
    note: 'The vendor has made a second credential.',
  });
}

/** A secret of our choice is kept before it is sent: with the answer lost, it can still be told whether it was taken. */
async function choose(work: Work, record: RotationRecord, account: OpenAccount): Promise<FieldValues> {
  if (work.rotation.choose === undefined) return {};
  const chosen = work.rotation.choose(new Secret(randomBase62(CHOSEN_LENGTH, work.random)));
  if (record.tries === 0 || !(await work.candidates.has(record.account))) {
    await work.candidates.put(record.account, merge(account, chosen));
    return chosen;
  }
  const kept = await work.candidates.open(record.account);
  return Object.fromEntries(Object.keys(chosen).map((name) => [name, kept.secrets[name] ?? '']));
}

/**
 * The answer was not a new credential. If it is a clear refusal of the first try, nothing of ours is at the vendor. After
 * earlier tries, or a success that cannot be read, there may be one: it is looked for.
 */
async function refused(work: Work, record: RotationRecord, response: WireResponse): Promise<RotationRecord> {
  const { status } = response;
  if (record.tries === 1 && !isOk(response))
    return giveUp(work, { ...record, tries: 0 }, refusalText(work.rotation, status));
  return (await takeUp(work, record)) ?? giveUp(work, record, refusalText(work.rotation, status));
}

/** A credential may have been made without our learning of it: use it if we know its secret, else end it. */
async function takeUp(work: Work, record: RotationRecord): Promise<RotationRecord | null> {
  if (work.rotation.choose === undefined) {
    const left = await endUnused(work, record, null);
    return left === null ? null : giveUp(work, record, `${UNCLEAR} ${record.problem ?? ''}`.trim());
  }
  const created = await findChosen(work, record);
  return created === null
    ? null
    : work.advance(record, {
        phase: 'verifying',
        problem: null,
        created,
        note: 'The second credential exists.',
      });
}

async function verifying(work: Work, record: RotationRecord): Promise<RotationRecord> {
  const isAccepted = await becomesAccepted(work, await work.candidates.open(record.account));
  if (!isAccepted) return giveUp(work, record, 'The vendor does not accept the new credential.');
  return work.advance(record, { phase: 'switching', note: 'The vendor accepts the new credential.' });
}

async function switching(work: Work, record: RotationRecord): Promise<RotationRecord> {
  let state = record;
  if (await work.candidates.has(record.account)) {
    if (!(await work.previous.has(record.account))) {
      state = await work.advance(record, { refusedBefore: await work.refusals() });
      await work.previous.put(record.account, await work.current());
    }
    await work.commit();
  }
  return work.advance(state, { phase: 'watching', note: 'Every process uses the new credential.' });
}

/**
 * Old and new credential both work. If the vendor answers an app with 401 now, the new one lacks a right that the old one had,
 * and the rotation is undone. But if there were such answers before the switch, they prove nothing: an app that asks for what
 * no credential may do must not hold up every rotation.
 */
async function watching(work: Work, record: RotationRecord): Promise<RotationRecord> {
  const until = (record.steps.findLast(({ phase }) => phase === 'watching')?.at ?? 0) + record.watch;
  for (;;) {
    const refusals = await work.refusals();
    const before = Math.min(record.refusedBefore, refusals); // The count of a process that has started again begins at 0.
    if (refusals > before && before === 0 && !record.isForced)
      return giveUp(work, record, 'The vendor refused requests of apps (401) with the new credential.');
    if (work.now() >= until) break;
    await work.sleep(Math.min(WATCH_PAUSE_MILLISECONDS, until - work.now()));
  }
  if (!(await becomesAccepted(work, await work.current())))
    return giveUp(work, record, 'The vendor does not accept the new credential any more.');
  return work.advance(record, { phase: 'retiring', note: 'No app was refused with the new credential.' });
}

async function retiring(work: Work, record: RotationRecord): Promise<RotationRecord> {
  const isRetired = !(await work.previous.has(record.account)); // `retire` discards it once the vendor refuses it.
  if (!isRetired) await retire(work, record);
  return work.advance(record, { phase: 'done', note: 'The vendor refuses the old credential.' });
}

async function retire(work: Work, record: RotationRecord): Promise<void> {
  const account = await work.current();
  const old = await work.previous.open(record.account);
  const request = work.rotation.retire(account, { fields: old.fields, known: record.known });
  if (request === null)
    throw new Halt('It is not known which credential at the vendor is the old one: delete it there.');
  if ((await accepts(work, account)) !== true)
    throw new Halt('The vendor did not accept the new credential, so the old one was not retired.');
  // A vendor without ids ends whichever credential is the other one, and asked twice it could end a wrong one: so it is asked
  // only while the old one works. With ids, asking twice is safe, and the vendor must confirm the deletion (unless forced): that it
  // refuses the old credential may only mean that this lacks the right to what was tried.
  const hasId = work.rotation.list !== null;
  if (hasId || !(await isDead(work, old)))
    await askToEnd(work, request, { old, mustEnd: hasId && !record.isForced });
  if (!work.rotation.signsWebhooks) await work.previous.discard(record.account);
}

async function askToEnd(
  work: Work,
  request: WireRequest,
  { old, mustEnd }: { readonly old: OpenAccount; readonly mustEnd: boolean },
): Promise<void> {
  const reply = await work.line.patiently(request);
  if (reply.kind !== 'answer') throw new Halt(`The old credential was not retired: ${reply.problem}.`);
  const { status } = reply.response;
  if (!(await becomesDead(work, old)))
    throw new Halt(
      `The vendor still accepts the old credential (it answered ${status} when asked to delete it).`,
    );
  if (mustEnd && !isOk(reply.response) && status !== 404)
    throw new Halt(
      `The vendor answered ${status} when asked to delete the old credential: delete it there, then continue with --force.`,
    );
}

async function giveUp(work: Work, record: RotationRecord, problem: string): Promise<RotationRecord> {
  return work.advance(record, { phase: 'rolling-back', problem, note: problem });
}

/** Puts the old credential back, and then deletes the new one at the vendor. Goes forward if the old one does not work any more. */
async function rollingBack(work: Work, record: RotationRecord): Promise<RotationRecord> {
  const { account: id } = record;
  const made = await unusedOf(work, id);
  if (await work.previous.has(id)) {
    const old = await work.previous.open(id);
    if (!(await becomesAccepted(work, old))) return forward(work, record, old);
    await work.candidates.put(id, old);
    await work.commit();
    await work.sleep(DRAIN_MILLISECONDS);
    await work.previous.discard(id);
  }
  const left = record.tries === 0 ? null : await endUnused(work, record, made);
  await work.candidates.discard(id);
  const gone = record.tries === 0 ? 'no other was made' : 'the new one is gone';
  const note =
    left === null
      ? `The old credential is in use; ${gone}.`
      : `The old credential is in use. Delete the unused one at the vendor: ${left}`;
  return work.advance(record, { phase: 'rolled-back', note });
}

/**
 * The account with the new credential, which a rollback deletes: after the switch it is the one in use, before it the staged
 * one. Null when it is not known, or when the old one is in use again.
 */
async function unusedOf({ previous, candidates, current }: Work, id: string): Promise<OpenAccount | null> {
  if (!(await previous.has(id))) return (await candidates.has(id)) ? candidates.open(id) : null;
  const [now, old] = [await current(), await previous.open(id)];
  const isBack = Object.entries(old.secrets).every(
    ([name, secret]) => now.secrets[name]?.reveal() === secret.reveal(),
  );
  return isBack ? null : now;
}

/** The old credential is dead already: there is nothing to go back to. */
async function forward(work: Work, record: RotationRecord, old: OpenAccount): Promise<RotationRecord> {
  if (!(await isDead(work, old)))
    throw new Halt('It is not known whether the vendor still accepts the old credential.');
  if ((await accepts(work, await work.current())) !== true)
    throw new Halt(
      'The vendor accepts neither the old nor the new credential. Seal a working one: `ringfence accounts reseal`.',
    );
  return work.advance(record, {
    phase: 'retiring',
    problem: null,
    note: 'The vendor does not accept the old credential any more, so the new one stays in use.',
  });
}

/** Ids at the vendor before ours, from which the old and the new credential are told apart; or a text that says why there is no list. */
async function listKnown(
  { rotation, line }: Work,
  account: OpenAccount,
): Promise<readonly string[] | string> {
  if (rotation.list === null) return [];
  const request = rotation.list.request(account);
  const first = await line.once(request);
  const reply = first.kind === 'unknown' ? await line.patiently(request) : first;
  if (reply.kind !== 'answer')
    return `It is not known which credentials exist, so none was created: ${reply.problem}.`;
  const listed = rotation.list.read(reply.response);
  return listed === null ? refusalText(rotation, reply.response.status) : listed.map(({ id }) => id);
}

function refusalText(rotation: SecretRotation, status: number): string {
  return `The vendor answered ${status}, so there is no second credential. ${rotation.explain(status) ?? ''}`.trim();
}
