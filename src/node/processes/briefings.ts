import type { Part } from './messages.ts';

/** Tells processes that start what is in force. */
export interface Briefings {
  /** Something has changed, and every process is told of it. */
  changed(part: Part): void;
  /** Tells all parts, and at the end once more what has changed meanwhile. */
  give(parts: AsyncIterable<Part>, tell: (part: Part) => Promise<void>): Promise<void>;
}

/**
 * A part that was read of the store before a change may arrive after it, and would bring back a revoked key or lift a kill
 * switch. So each change is told again when everything that was read has been told.
 */
export function createBriefings(): Briefings {
  const underWay = new Set<Part[]>();
  return Object.freeze({
    changed(part: Part) {
      for (const changes of underWay) changes.push(part);
    },
    async give(parts: AsyncIterable<Part>, tell: (part: Part) => Promise<void>) {
      const changes: Part[] = [];
      underWay.add(changes);
      try {
        for await (const part of parts) await tell(part);
        for (let part = changes.shift(); part !== undefined; part = changes.shift()) await tell(part);
      } finally {
        underWay.delete(changes);
      }
    },
  });
}
