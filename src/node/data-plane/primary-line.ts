import type { BankPort, GrantAnswer } from '../../guard/budgets/slice.ts';
import type { PermitPort } from '../../guard/limits/permit.ts';
import type { ToPrimary } from '../processes/messages.ts';

/** What this process asks of its primary, and who waits for which answer. The other end is `processes/worker-line.ts`. */
export interface PrimaryLine {
  readonly bank: BankPort;
  readonly permits: PermitPort;
  /** Null: the bank could not answer. */
  granted(id: number, answer: GrantAnswer | null): void;
  permitsGranted(id: number, count: number): void;
}

/** `position`: the next one of the journal. What is given back is free once everything before it is in the ledger. */
export function createPrimaryLine(post: (message: ToPrimary) => void, position: () => number): PrimaryLine {
  const grants = new Map<number, PromiseWithResolvers<GrantAnswer>>();
  const permits = new Map<number, PromiseWithResolvers<number>>();
  let nextId = 1;
  return Object.freeze({
    bank: {
      grant(ask) {
        const id = nextId++;
        const waiting = Promise.withResolvers<GrantAnswer>();
        grants.set(id, waiting);
        post({ type: 'grant', id, ask });
        return waiting.promise;
      },
      giveBack: (budget, period, amount) =>
        post({ type: 'give-back', budget, period, amount, position: position() }),
    },
    permits: {
      ask(ask) {
        const id = nextId++;
        const waiting = Promise.withResolvers<number>();
        permits.set(id, waiting);
        post({ type: 'ask-permits', id, ask });
        return waiting.promise;
      },
      giveBack: (given) => post({ type: 'permits-back', given }),
    },
    granted(id, answer) {
      const waiting = grants.get(id);
      grants.delete(id);
      if (answer === null) waiting?.reject(new Error('the bank gave no answer'));
      else waiting?.resolve(answer);
    },
    permitsGranted(id, count) {
      permits.get(id)?.resolve(count);
      permits.delete(id);
    },
  } satisfies PrimaryLine);
}
