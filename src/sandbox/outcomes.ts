/** What becomes of traffic to chosen destinations. Everything else is delivered and answered. */
export const OUTCOMES = ['undelivered', 'failed', 'busy', 'no-answer'] as const;
export type Outcome = (typeof OUTCOMES)[number];

export interface Outcomes {
  /** Destinations that start with `prefix` (E.164 with `+`) end this way from now on; null: as usual again. */
  set(prefix: string, outcome: Outcome | null): void;
  of(address: string): Outcome | null;
}

export function createOutcomes(): Outcomes {
  const byPrefix = new Map<string, Outcome>();
  return Object.freeze({
    set(prefix: string, outcome: Outcome | null) {
      if (outcome === null) byPrefix.delete(prefix);
      else byPrefix.set(prefix, outcome);
    },
    of(address: string) {
      if (byPrefix.size === 0) return null;
      for (let length = address.length; length > 0; length--) {
        const outcome = byPrefix.get(address.slice(0, length));
        if (outcome !== undefined) return outcome;
      }
      return null;
    },
  });
}
