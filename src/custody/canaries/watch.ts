import type { WireRequest } from '../../vendors/wire.ts';
import type { KeyedHash } from '../keyed-hash.ts';
import type { CanaryUse } from './canaries.ts';
import { secretsIn } from './presented.ts';

/** The part in a data-plane process: recognises canaries and reports their use. It does not change the answer. */
export interface CanaryWatch {
  configure(all: readonly { readonly id: string; readonly index: string }[]): void;
  /** Looks through a request that was refused for lack of a valid key: a canary counts wherever it stands. */
  check(request: WireRequest, use: CanaryUse): void;
  /** Reports the uses that followed a first one. To be called every second. */
  flush(): void;
}

export type TellCanary = (canary: string, use: CanaryUse, count: number) => void;

/** The first use is reported at once, further ones once a second: a thief in a loop floods nobody. */
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
