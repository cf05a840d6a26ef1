/** Runs `work` alone among all work for the same record id, in the order of calls. */
export type RecordLock = <T>(id: string, work: () => Promise<T>) => Promise<T>;

/**
 * Reading a record, changing it and putting it back is one act only under this lock. Every service of one process
 * that writes accounts or keys shares one, so that re-keying cannot put back a key that was revoked meanwhile.
 */
export function createRecordLock(): RecordLock {
  const last = new Map<string, Promise<unknown>>();
  return async (id, work) => {
    const before = last.get(id) ?? Promise.resolve();
    const mine = before.then(work, work);
    last.set(id, mine);
    try {
      return await mine;
    } finally {
      if (last.get(id) === mine) last.delete(id);
    }
  };
}
