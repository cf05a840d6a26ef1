import { micros } from '../../src/kernel/money.ts';
import type { BudgetRecord, PriceRecord } from '../../src/store/records.ts';

/** A simulated vendor account, as the node seals it. */
export interface AccountSetup {
  readonly vendor: string;
  readonly currency: string;
  readonly values: Readonly<Record<string, string>>;
}

/** In the data directory. */
export const SETUP_FILE = 'setup.json';

export interface Setup {
  readonly processes: number;
  readonly port: number;
  /** Of the simulated vendors. */
  readonly origin: string;
  readonly accounts: readonly AccountSetup[];
  readonly prices: readonly PriceRecord[];
  /** Milliseconds until an outcome that the vendor has no record of counts as never accepted. */
  readonly grace: number;
  /** Micros that the small budget allows: it is exhausted during the run. */
  readonly smallLimit: number;
  readonly isLoud: boolean;
}

/** Credentials of the virtual keys by vendor. */
export type Parts = Readonly<Record<string, Readonly<Record<string, string>>>>;

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
  { accounts: [first], smallLimit }: Setup,
  keys: readonly string[],
  accounts: readonly string[],
): readonly BudgetRecord[] {
  const budget = (name: string, more: Partial<BudgetRecord>): BudgetRecord => ({
    id: `budget_${name}`,
    name,
    scope: {},
    unit: 'money',
    currency: first?.currency ?? '',
    limit: micros(1e12),
    window: { kind: 'total' },
    rates: {},
    createdAt: 0,
    ...more,
  });
  return [
    budget('all', {}),
    budget('app', { scope: { apps: ['app_torture'] }, window: { kind: 'month' } }),
    budget('key', { scope: { keys }, window: { kind: 'sliding', milliseconds: 600_000 } }),
    budget('count', { scope: { accounts }, unit: 'count', currency: 'MESSAGES', limit: micros(1e15) }),
    budget(SMALL, { scope: { countries: ['FR'] }, limit: micros(smallLimit) }),
  ];
}

/** Rows that have no last word yet; counts end at 1,000. */
export interface Pending {
  readonly late: number;
  readonly unknown: number;
  readonly reserved: number;
}

/** What the node says at the end. */
export interface Inspection {
  /** Rows whose price or outcome was learned after the answer. */
  readonly settlements: number;
  readonly problems: readonly string[];
  readonly totals: readonly { readonly state: string; readonly amount: number; readonly rows: number }[];
  readonly budgets: readonly {
    readonly name: string;
    readonly limit: number;
    /** Of each period, in micros. */
    readonly spent: readonly number[];
    readonly leased: readonly number[];
    readonly presumed: readonly number[];
  }[];
}
