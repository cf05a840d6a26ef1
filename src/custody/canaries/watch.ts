import type { WireRequest } from '../../vendors/wire.ts';
import type { KeyedHash } from '../keyed-hash.ts';
import type { CanaryUse } from './canaries.ts';
import { secretsIn } from './presented.ts';

/** The part of a data-plane process: recognises decoys and reports their use. It answers nothing. */
export interface CanaryWatch {
  configure(all: readonly { readonly id: string; readonly index: string }[]): void;
  /** A request that was refused for want of a key: a decoy counts wherever it stands. */
  check(request: WireRequest, use: CanaryUse): void;
  /** Tells of uses that came while a first one had just been told of. Call it every second. */
  flush(): void;
}

export type TellCanary = (canary: string, use: CanaryUse, count: number) => void;

/** The first use is told at once, repetitions in a second together: a thief in a loop floods nobody. */
export function createCanaryWatch(index: KeyedHash, tell: TellCanary): CanaryWatch {
  let known: ReadonlyMap<string, string> = new Map();
  const waiting = new Map<string, { use: CanaryUse; count: number }>();

  function note(canary: string, use: CanaryUse): void {
    const entry = waiting.get(canary);
    if (entry !== undefined) {
      entry.use = use;
      entry.count += 1;
      return;
    }
    waiting.set(canary, { use, count: 0 });
    tell(canary, use, 1);
  }

  return {
    configure(all) {
      known = new Map(all.map((one) => [one.index, one.id]));
    },
    check(request, use) {
      if (known.size === 0) return; // Strangers cost nothing where there is nothing to find.
      for (const secret of secretsIn(request)) {
        const canary = known.get(index(secret));
        if (canary !== undefined) note(canary, use);
      }
    },
    flush() {
      for (const [canary, { use, count }] of waiting) {
        if (count > 0) tell(canary, use, count);
        waiting.delete(canary);
      }
    },
  };
}
