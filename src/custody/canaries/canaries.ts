import type { AdminAct } from '../../journal/records.ts';
import type { Clock } from '../../kernel/clock.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { newId } from '../../kernel/ids.ts';
import type { RandomBytes } from '../../kernel/random.ts';
import type { Collection, SettingStore } from '../../store/ports.ts';
import type { AccountRecord } from '../../store/records.ts';
import type { CustodyAdapter, IssuedCredential } from '../../vendors/custody-adapter.ts';
import { findWithCustody } from '../find-account.ts';
import { createIssueSources } from '../issue-sources.ts';
import type { KeyedHash } from '../keyed-hash.ts';
import type { KeyedLock } from '../../kernel/keyed-lock.ts';
import { createCanaryStore, type CanaryStore } from './store.ts';

/** A decoy: a virtual key that no app holds. Whoever uses it has found what was planted for a thief. */
export interface CanaryRecord {
  readonly id: string;
  readonly name: string;
  readonly vendor: string;
  /** Account whose public id its credential shows. */
  readonly account: string;
  /** Where it was planted, in the operator's words. */
  readonly place: string;
  /** Keyed hash of its secret. */
  readonly index: string;
  readonly createdAt: number;
  /** From then on its use is no incident any more. */
  readonly retiredAt: number | null;
  readonly uses: number;
  readonly lastUse: CanaryUse | null;
}

export interface CanaryUse {
  /** Wall time in ms. */
  readonly at: number;
  /** Address that it came from. */
  readonly address: string;
  /** Vendor that the request was for. */
  readonly vendor: string;
}

export interface NewCanary {
  readonly name: string;
  readonly account: string;
  readonly place: string;
  readonly actor: string;
}

export interface Canaries {
  /** Makes a canary. Its credential is shown once. */
  plant(
    request: NewCanary,
  ): Promise<{ readonly record: CanaryRecord; readonly credential: IssuedCredential }>;
  list(): Promise<readonly CanaryRecord[]>;
  retire(id: string, actor: string): Promise<CanaryRecord>;
  /** Forgets one that is retired, and frees its name. Throws `conflict` for one that is watched for. */
  remove(id: string, actor: string): Promise<void>;
  /** Reports that somebody used it, an incident: `count` times since the last report. */
  used(id: string, use: CanaryUse, count: number): Promise<void>;
}

export interface CanariesOptions {
  readonly settings: SettingStore;
  readonly accounts: Collection<AccountRecord>;
  readonly custodyOf: (vendor: string) => CustodyAdapter | null;
  /** Keyed hash under `KeyRing.derive('index')`. */
  readonly index: KeyedHash;
  readonly lock: KeyedLock;
  readonly clock: Pick<Clock, 'wall'>;
  readonly random: RandomBytes;
  readonly record: (act: AdminAct) => Promise<void>;
  readonly incident: (what: string, detail: Readonly<Record<string, unknown>>) => Promise<void>;
  /** Tells the data-plane processes which there are; resolves when all know. */
  readonly announce: (all: readonly CanaryRecord[]) => Promise<void>;
}

const MOST = 1000;
const NAME = /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/;

export function createCanaries(options: CanariesOptions): Canaries {
  const { settings, clock, random, record } = options;
  const store = createCanaryStore(settings);
  const { list, put } = store;
  const alone = <T>(work: () => Promise<T>): Promise<T> => options.lock('canaries', work);

  async function plant({ name, account: reference, place, actor }: NewCanary) {
    if (!NAME.test(name))
      throw new RingfenceError('input_invalid', 'The name must be letters, digits, dots and dashes.');
    const all = await list();
    if (all.some((one) => one.name === name))
      throw new RingfenceError(
        'conflict',
        `The name ${name} is taken; \`ringfence canaries list --all\` shows retired ones too, which \`ringfence canaries remove\` takes away.`,
      );
    if (all.length >= MOST) throw new RingfenceError('conflict', `There are ${MOST} canaries already.`);
    const { account, credential } = await issueFor(options, reference);
    const canary: CanaryRecord = {
      id: newId('canary', random),
      name,
      vendor: account.vendor,
      account: account.id,
      place,
      index: options.index(credential.verifier.reveal()),
      createdAt: clock.wall(),
      retiredAt: null,
      uses: 0,
      lastUse: null,
    };
    await record({ actor, act: 'canary.plant', target: canary.id, detail: { name, place } });
    await put([...all, canary]);
    await options.announce([...all, canary]);
    return { record: canary, credential };
  }

  return Object.freeze({
    plant: (request: NewCanary) => alone(async () => plant(request)),
    list: () =>
      alone(async () => {
        await store.write();
        return list();
      }),
    retire: (id: string, actor: string) => alone(() => retire(options, store, { id, actor })),
    remove: (id: string, actor: string) => alone(() => remove(options, store, { id, actor })),
    async used(id: string, use: CanaryUse, count: number) {
      const canary = await store.find(id);
      if (canary === undefined || (canary !== null && canary.retiredAt !== null)) return;
      const { name, place, vendor } = canary ?? { name: null, place: null, vendor: use.vendor };
      const detail = { canary: id, name, place, vendor, address: use.address, at: use.at, count };
      await options.incident('canary used', detail);
      store.count(id, { use, count });
      await alone(store.write);
    },
  });
}

interface Asked {
  /** Id or name of the canary. */
  readonly id: string;
  readonly actor: string;
}

async function retire(
  { clock, record, announce }: CanariesOptions,
  { list, put }: CanaryStore,
  { id, actor }: Asked,
): Promise<CanaryRecord> {
  const all = await list();
  const found = pick(all, id);
  const retired = { ...found, retiredAt: found.retiredAt ?? clock.wall() };
  await record({ actor, act: 'canary.retire', target: found.id, detail: { name: found.name } });
  const next = all.map((one) => (one === found ? retired : one));
  await put(next);
  await announce(next);
  return retired;
}

async function remove(
  { record }: CanariesOptions,
  { list, put }: CanaryStore,
  { id, actor }: Asked,
): Promise<void> {
  const all = await list();
  const found = pick(all, id);
  const { name, retiredAt } = found;
  if (retiredAt === null)
    throw new RingfenceError(
      'conflict',
      `The canary ${name} is watched for. Retire it first: \`ringfence canaries retire\`.`,
    );
  await record({ actor, act: 'canary.remove', target: found.id, detail: { name } });
  await put(all.filter((one) => one !== found)); // No process watches for it.
}

function pick(all: readonly CanaryRecord[], reference: string): CanaryRecord {
  const found = all.find(({ id, name }) => id === reference || name === reference);
  if (found !== undefined) return found;
  throw new RingfenceError('not_found', `There is no canary ${JSON.stringify(reference)}.`);
}

async function issueFor(
  { accounts, custodyOf, random }: CanariesOptions,
  reference: string,
): Promise<{ readonly account: AccountRecord; readonly credential: IssuedCredential }> {
  const { account, custody } = await findWithCustody(accounts, custodyOf, reference);
  if (!custody.kinds.includes('secret'))
    throw new RingfenceError(
      'input_invalid',
      `Keys of ${account.vendor} sign instead of being sent, so its use could not be told from a forgery. Plant a canary of another vendor.`,
    );
  return { account, credential: custody.issue('secret', account.fields, createIssueSources(random)) };
}
