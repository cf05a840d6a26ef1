import type { Micros } from '../../src/kernel/money.ts';
import type { GrantRequest, LedgerBatch, LedgerOutcome } from '../../src/store/ports.ts';
import type { LedgerRecord, Reserve, VirtualKeyRecord } from '../../src/store/records.ts';
import type { JournalPoint } from '../../src/kernel/point.ts';

export const CLOCK = { wall: () => 1_764_000_000_000 };

export const LIFE = { node: 'w0', epoch: 1 } as const;
export const DAY = 1_764_028_800_000;

export function money(amount: number): Micros {
  return amount as Micros;
}

export function reserve(amount: number, budget = 'budget', period = DAY): Reserve {
  return [budget, period, money(amount)];
}

export function row(position: number, changes: Partial<LedgerRecord> = {}): LedgerRecord {
  const bound = changes.bound ?? money(10);
  return {
    ...LIFE,
    position,
    at: 1_764_000_000_000 + position,
    key: 'key_a',
    app: 'app_a',
    account: 'account_a',
    vendor: 'example',
    operation: 'CreateMessage',
    action: 'message.send',
    country: 'DE',
    currency: 'USD',
    amount: bound,
    state: 'reserved',
    settled: false,
    reserves: [reserve(bound)],
    resourceIds: [],
    fingerprints: ['to:f1', 'text:f2'],
    ...changes,
    bound,
  };
}

export function point(position: number, life: { node: string; epoch: number } = LIFE): JournalPoint {
  return { ...life, position };
}

/** The row cost `amount` in the end. */
export function committed(
  position: number,
  amount: number,
  changes: Partial<LedgerOutcome> = {},
): LedgerOutcome {
  return {
    of: point(position),
    state: 'committed',
    amount: money(amount),
    settled: true,
    spent: [money(amount)],
    resourceIds: [],
    ...changes,
  };
}

export function released(position: number, changes: Partial<LedgerOutcome> = {}): LedgerOutcome {
  return committed(position, 0, { state: 'released', spent: [], ...changes });
}

export function unknown(position: number): LedgerOutcome {
  return committed(position, 0, { state: 'unknown', settled: false, spent: [] });
}

export function batch(from: number, to: number, changes: Partial<LedgerBatch> = {}): LedgerBatch {
  return { ...LIFE, from, to, head: headAt(to), rows: [], outcomes: [], ...changes };
}

export function headAt(position: number): string {
  return position.toString(16).padStart(64, '0');
}

export function grantRequest(changes: Partial<GrantRequest> = {}): GrantRequest {
  return {
    budget: 'budget',
    period: DAY,
    since: DAY,
    limit: money(1_000),
    ...LIFE,
    need: money(1),
    want: money(100),
    ...changes,
  };
}

export const LEASE = { budget: 'budget', period: DAY, ...LIFE } as const;

export function key(id: string, changes: Partial<VirtualKeyRecord> = {}): VirtualKeyRecord {
  return {
    id,
    app: 'app_a',
    account: 'account_a',
    vendor: 'example',
    name: `name of ${id}`,
    kind: 'secret',
    publicId: null,
    index: `index of ${id}`,
    sealed: null,
    expiresAt: null,
    networks: [],
    state: 'active',
    replaces: null,
    createdAt: 1,
    revokedAt: null,
    lastUsedAt: null,
    ...changes,
  };
}
