import { RingfenceError } from '../kernel/errors.ts';
import { Secret } from '../kernel/secret.ts';
import type { SettingStore } from '../store/ports.ts';
import type { OpenAccount } from '../vendors/custody-adapter.ts';
import type { Sealer } from './sealing/sealer.ts';

/** Setting under which the staged values of an account are kept. */
export const candidateName = (id: string): string => `account.${id}.candidate`;

/** Setting under which the account as it was before the switch of a rotation is kept, sealed. */
export const previousName = (id: string): string => `account.${id}.previous`;

/** Place of the public fields beside the staged secrets; no adapter can have a field of this name. */
const FIELDS = '$fields';

export interface Candidates {
  put(id: string, account: OpenAccount): Promise<void>;
  has(id: string): Promise<boolean>;
  /** Throws `not_found` when nothing is staged. */
  open(id: string): Promise<OpenAccount>;
  discard(id: string): Promise<void>;
}

/** Credentials that wait beside the ones in use, whole and sealed. `sealer` has purpose `setting`. */
export function createCandidates(
  settings: SettingStore,
  sealer: Sealer,
  nameOf: (id: string) => string = candidateName,
): Candidates {
  const read = async (id: string) => (await settings.get(nameOf(id))) || null; // Settings are cleared by writing ''.
  return Object.freeze({
    async put(id: string, { fields, secrets }: OpenAccount) {
      const content = { ...secrets, [FIELDS]: new Secret(JSON.stringify(fields)) };
      await settings.put(nameOf(id), sealer.seal(content, nameOf(id)));
    },
    has: async (id: string) => (await read(id)) !== null,
    async open(id: string) {
      const text = await read(id);
      if (text === null) throw new RingfenceError('not_found', `No new credential is staged for ${id}.`);
      const { [FIELDS]: fields, ...secrets } = sealer.open(text, nameOf(id));
      return { fields: JSON.parse(fields?.reveal() ?? '{}') as OpenAccount['fields'], secrets };
    },
    discard: (id: string) => settings.put(nameOf(id), ''),
  });
}
