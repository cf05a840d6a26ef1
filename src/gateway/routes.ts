import type { Pool } from 'undici';
import type { Semaphore } from './semaphore.ts';

/** The connections to one origin with one credential, and who may use them now. */
export interface Route {
  readonly pool: Pick<Pool, 'dispatch' | 'close' | 'destroy'>;
  readonly slots: Semaphore;
  readonly longest: number;
  /** Monotonic ms. */
  usedAt: number;
}

export interface Routes {
  find(origin: string, identity: string): Route;
  all(): readonly Route[];
}

/** How long an unused connection is kept: after as long, a route has none, and costs nothing to open again. */
export const KEEP_ALIVE_MILLISECONDS = 10_000;

/**
 * Accounts come and go, and a vendor has hundreds of hosts, of which an app may ask for any: routes that nobody uses are closed
 * when others are opened.
 */
export function createRoutes(open: (origin: string) => Route, now: () => number): Routes {
  const byIdentity = new Map<string, Map<string, Route>>();
  let lookedAt = now();

  function closeUnused(): void {
    const since = now() - KEEP_ALIVE_MILLISECONDS;
    if (lookedAt > since) return;
    lookedAt = now();
    for (const [identity, own] of byIdentity) {
      for (const [origin, { pool, slots, usedAt }] of own)
        if (usedAt <= since && slots.isIdle()) {
          own.delete(origin);
          void pool.close();
        }
      if (own.size === 0) byIdentity.delete(identity);
    }
  }

  function add(origin: string, identity: string): Route {
    closeUnused();
    const own = byIdentity.get(identity) ?? new Map<string, Route>();
    const route = open(origin);
    byIdentity.set(identity, own.set(origin, route));
    return route;
  }

  return Object.freeze({
    find(origin: string, identity: string) {
      const route = byIdentity.get(identity)?.get(origin) ?? add(origin, identity);
      route.usedAt = now();
      return route;
    },
    all: () => [...byIdentity.values()].flatMap((own) => [...own.values()]),
  });
}
