import type { SettingStore } from '../../store/ports.ts';
import type { CanaryRecord, CanaryUse } from './canaries.ts';

const SETTING = 'canaries';

export async function listCanaries(settings: SettingStore): Promise<readonly CanaryRecord[]> {
  return JSON.parse((await settings.get(SETTING)) || '[]') as CanaryRecord[];
}

export interface Uses {
  readonly use: CanaryUse;
  readonly count: number;
}

export type CanaryStore = ReturnType<typeof createCanaryStore>;

/** All canaries in one setting. What was read last is remembered: a use is reported whether or not the store answers. */
export function createCanaryStore(settings: SettingStore) {
  let known: readonly CanaryRecord[] = [];
  /** Uses that are not stored yet, by canary. */
  let waiting = new Map<string, Uses>();

  const list = async () => (known = await listCanaries(settings));

  async function put(all: readonly CanaryRecord[]): Promise<void> {
    await settings.put(SETTING, JSON.stringify(all));
    known = all;
  }

  function count(id: string, { use, count: more }: Uses): void {
    waiting.set(id, { use, count: more + (waiting.get(id)?.count ?? 0) });
  }

  return Object.freeze({
    list,
    put,
    /** Null: the store does not answer. */
    async find(id: string): Promise<CanaryRecord | undefined | null> {
      const isIt = (one: CanaryRecord): boolean => one.id === id;
      if (known.some(isIt)) return known.find(isIt);
      return list().then(
        (all) => all.find(isIt),
        () => null,
      );
    },
    count,
    /** Stores what was counted; what cannot be stored now is stored next time. Under the lock, as it reads and puts back. */
    async write(): Promise<void> {
      if (waiting.size === 0) return;
      const taken = waiting;
      waiting = new Map();
      try {
        await put((await list()).map((one) => counted(one, taken)));
      } catch (error) {
        const later = waiting;
        waiting = taken;
        for (const [id, uses] of later) count(id, uses);
        throw error;
      }
    },
  });
}

function counted(canary: CanaryRecord, all: ReadonlyMap<string, Uses>): CanaryRecord {
  const uses = all.get(canary.id);
  if (uses === undefined) return canary;
  return { ...canary, uses: canary.uses + uses.count, lastUse: uses.use };
}
