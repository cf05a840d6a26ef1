/** Runs work under a name; null when it takes too long, or when earlier work of that name still goes on. */
export type Patiently = <T>(name: string, work: () => Promise<T>) => Promise<T | null>;

/** What takes too long goes on to its end, but nobody waits for it: long lists of one vendor keep no other waiting. */
export function createPatience(milliseconds: number): Patiently {
  const goingOn = new Set<string>();
  return async function patiently(name, work) {
    if (goingOn.has(name)) return null;
    goingOn.add(name);
    const { promise: late, resolve } = Promise.withResolvers<null>();
    const timer = setTimeout(resolve, milliseconds, null).unref();
    const working = work().finally(() => {
      goingOn.delete(name);
      clearTimeout(timer);
    });
    return Promise.race([working, late]);
  };
}
