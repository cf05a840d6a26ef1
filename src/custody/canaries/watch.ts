import type { CanaryUse } from './canaries.ts';

/** The part of a data-plane process: recognises decoys and reports their use. It answers nothing. */
export interface CanaryWatch {
  configure(all: readonly { readonly id: string; readonly index: string }[]): void;
  /** A well-formed secret that is no key's; `hash` is its keyed hash. */
  check(hash: string, use: CanaryUse): void;
  /** Tells of uses that came while a first one had just been told of. Call it every second. */
  flush(): void;
}

export type TellCanary = (canary: string, use: CanaryUse, count: number) => void;

/** The first use is told at once, repetitions in a second together: a thief in a loop floods nobody. */
export function createCanaryWatch(tell: TellCanary): CanaryWatch {
  let known: ReadonlyMap<string, string> = new Map();
  const waiting = new Map<string, { use: CanaryUse; count: number }>();
  return {
    configure(all) {
      known = new Map(all.map(({ id, index }) => [index, id]));
    },
    check(hash, use) {
      const canary = known.get(hash);
      if (canary === undefined) return;
      const entry = waiting.get(canary);
      if (entry !== undefined) {
        entry.use = use;
        entry.count += 1;
        return;
      }
      waiting.set(canary, { use, count: 0 });
      tell(canary, use, 1);
    },
    flush() {
      for (const [canary, { use, count }] of waiting) {
        if (count > 0) tell(canary, use, count);
        waiting.delete(canary);
      }
    },
  };
}
