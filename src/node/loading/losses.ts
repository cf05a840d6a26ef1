import type { Journal } from '../../journal/journal.ts';
import type { Fault } from '../../journal/fault.ts';
import type { Clock } from '../../kernel/clock.ts';
import { formatMicros, micros } from '../../kernel/money.ts';
import type { Loss } from './shipper.ts';

export interface LossesOptions {
  readonly journal: Pick<Journal, 'append' | 'flush'>;
  readonly clock: Pick<Clock, 'wall'>;
  readonly say: (line: string) => void;
}

/** Journals that could not be loaded to the end of an epoch, since this primary started. */
export interface Losses {
  /** Puts a loss into the control journal, and says it. Resolves when the record is on disk. */
  note(loss: Loss): Promise<void>;
  /** The last one of a node; null when there was none. */
  of(node: string): Fault | null;
  /** The journal of the node begins after this epoch now. */
  retired(node: string, through: number): void;
}

export function createLosses({ journal, clock, say }: LossesOptions): Losses {
  const last = new Map<string, Fault>();
  return Object.freeze({
    async note({ fault, leases }: Loss) {
      const { node, epoch, position, kind, message } = fault;
      const presumed = leases.map(({ budget, period, remaining }) => [budget, period, remaining]);
      const detail = { node, epoch, position, kind, message, presumed };
      journal.append({ type: 'incident', at: clock.wall(), what: 'journal-given-up', detail });
      await journal.flush();
      last.set(node, fault);
      say(`journal of ${node}: ${describeLoss(fault)}`);
      for (const { budget, remaining } of leases)
        if (remaining > 0) say(`${formatMicros(micros(remaining))} of budget ${budget} count as spent`);
    },
    of: (node: string) => last.get(node) ?? null,
    retired(node: string, through: number) {
      if ((last.get(node)?.epoch ?? Infinity) <= through) last.delete(node);
    },
  });
}

/** A loss as a sentence for the operator. */
export function describeLoss({ message, epoch }: Fault): string {
  return `${message}; epoch ${epoch} could not be loaded from there on, see \`ringfence journal verify\``;
}
