import type { BudgetRecord } from '../store/records.ts';
import type { Foundation } from './foundation.ts';
import type { Part } from './processes/messages.ts';
import { createPartReader } from './processes/start-order.ts';
import type { Supervisor } from './processes/supervisor.ts';

/** Names of apps, policy, budgets and prices: read from the store, and put in force in every process. */
export function createRules(
  { lock, ...foundation }: Pick<Foundation, 'store' | 'lock' | 'policyInForce'>,
  { broadcast }: Pick<Supervisor, 'broadcast'>,
) {
  const read = createPartReader(foundation);
  let budgets = new Map<string, BudgetRecord>();

  /** One after the other: of two that read side by side, the older one could come last and stay. */
  async function refresh(kind: Part['kind'], readPart: () => Promise<Part>): Promise<void> {
    const { confirmed } = await lock(`${kind} in force`, async () => ({
      confirmed: broadcast(await readPart()), // No process that hangs holds up the next one.
    }));
    await confirmed;
  }

  /** Page by page, so that what revokes or stops something comes in between. */
  async function refreshPrices(): Promise<void> {
    await lock('prices in force', async () => {
      for await (const page of read.prices()) await broadcast(page);
    });
  }

  async function readBudgets(): Promise<Part> {
    const part = await read.budgets();
    budgets = new Map(part.all.map((budget) => [budget.id, budget]));
    return part;
  }

  return {
    budget: (id: string) => budgets.get(id),
    refreshers: {
      refreshApps: () => refresh('apps', read.apps),
      refreshBudgets: () => refresh('budgets', readBudgets),
      refreshPolicy: () => refresh('policy', read.policy),
      refreshPrices,
    },
  };
}
