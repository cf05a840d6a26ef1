import type { BudgetRecord } from '../../src/store/records.ts';
import { micros } from '../../src/kernel/money.ts';

export interface Setup {
  readonly vendor: string;
  readonly processes: number;
  readonly port: number;
  readonly origin: string;
  readonly account: { readonly currency: string; readonly credentials: Readonly<Record<string, string>> };
  readonly values: Readonly<Record<string, string>>;
  readonly prices: readonly unknown[];
  readonly grace: number;
  /** Micros that the small budget allows: it is exhausted during the run. */
  readonly smallLimit: number;
  readonly isLoud: boolean;
}

export const POLICY = `version: 1
mode: enforce
rules:
  - { id: read, effect: allow, what: { effects: [read, pii] } }
  - { id: send, effect: allow, what: { actions: [message.send] }, to: { countries: [DE, FR, US] } }
limits:
  - { id: recipient-flood, per: recipient, rate: 100000000/1s }
  - { id: recipient-flood-day, per: recipient, rate: 100000000/1s }
`;

export const SMALL = 'small';

/** Five nested budgets; the small one counts messages to France alone. */
export function budgetsFor(
  { account: { currency }, smallLimit }: Setup,
  key: string,
  account: string,
): readonly BudgetRecord[] {
  const budget = (name: string, more: Partial<BudgetRecord>): BudgetRecord => ({
    id: `budget_${name}`,
    name,
    scope: {},
    unit: 'money',
    currency,
    limit: micros(1e12),
    window: { kind: 'total' },
    rates: {},
    createdAt: 0,
    ...more,
  });
  return [
    budget('all', {}),
    budget('app', { scope: { apps: ['app_torture'] }, window: { kind: 'month' } }),
    budget('key', { scope: { keys: [key] }, window: { kind: 'sliding', milliseconds: 600_000 } }),
    budget('count', {
      scope: { accounts: [account] },
      unit: 'count',
      currency: 'MESSAGES',
      limit: micros(1e15),
    }),
    budget(SMALL, { scope: { countries: ['FR'] }, limit: micros(smallLimit) }),
  ];
}
