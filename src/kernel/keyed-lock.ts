/**
 * Runs `work` alone among all work under the same name, in the order of calls; work under other names goes on beside it.
 * Work that fails stops no other. It holds within one process, and may not be taken again under the same name by the
 * work itself, which would wait for its own end.
 */
export type KeyedLock = <T>(name: string, work: () => Promise<T>) => Promise<T>;

export function createKeyedLock(): KeyedLock {
  const last = new Map<string, Promise<unknown>>();
  return async (name, work) => {
    const before = last.get(name) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(name, mine);
    try {
      return await mine;
    } finally {
      if (last.get(name) === mine) last.delete(name);
    }
  };
}
