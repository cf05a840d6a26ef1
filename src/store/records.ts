import type { JournalPoint } from '../kernel/point.ts';
import type { Currency, Micros } from '../kernel/money.ts';

/** Times are wall milliseconds unless the name says otherwise. Ids are `<kind>_` + base32. */
export interface AppRecord {
  readonly id: string;
  readonly name: string;
  readonly createdAt: number;
}

/** A vendor account: public fields in clear, the credential sealed. */
export interface AccountRecord {
  readonly id: string;
  readonly vendor: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
  /** Envelope made by `custody/sealing`; opens only with the key ring and this record's id. */
  readonly sealed: string;
  /** Origin to dial instead of the vendor's hosts (sandbox); null for the real vendor. */
  readonly upstream: string | null;
  readonly currency: Currency;
  readonly createdAt: number;
  /** Last successful test of the credential; null when never tested. */
  readonly testedAt: number | null;
}

export type KeyState = 'active' | 'revoked';

export interface VirtualKeyRecord {
  readonly id: string;
  readonly app: string;
  readonly account: string;
  readonly vendor: string;
  readonly name: string;
  readonly kind: 'secret' | 'hs256' | 'rs256';
  readonly publicId: string | null;
  /** HMAC-SHA256 of the secret under the index key, base64url; for `rs256` of the public key. */
  readonly index: string;
  /** Sealed verifier: checks signatures, and signs webhooks towards the app. Null: the key can do neither. */
  readonly sealed: string | null;
  /** Ledger-clock time; null: never. */
  readonly expiresAt: number | null;
  /** CIDR blocks; empty: any network. */
  readonly networks: readonly string[];
  readonly state: KeyState;
  /** The key that this one replaces, and that stops working at its own `expiresAt`. */
  readonly replaces: string | null;
  readonly createdAt: number;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

export interface PolicyRecord {
  readonly version: number;
  /** The YAML as the operator wrote it. */
  readonly source: string;
  readonly createdAt: number;
  readonly actor: string;
}

/** Which requests a budget counts. An absent dimension means any; all dimensions must fit. */
export interface BudgetScope {
  readonly apps?: readonly string[];
  readonly keys?: readonly string[];
  readonly vendors?: readonly string[];
  readonly accounts?: readonly string[];
  readonly actions?: readonly string[];
  readonly channels?: readonly string[];
  readonly countries?: readonly string[];
}

export type BudgetWindow =
  | { readonly kind: 'day' | 'week' | 'month' | 'total' }
  | { readonly kind: 'sliding'; readonly milliseconds: number };

export interface BudgetRecord {
  readonly id: string;
  readonly name: string;
  readonly scope: BudgetScope;
  /** `money` counts micros of `currency`; `count` counts destinations, as 1_000_000 micros each. */
  readonly unit: 'money' | 'count';
  readonly currency: Currency;
  readonly limit: Micros;
  readonly window: BudgetWindow;
  /** Operator-set ceiling rates: micros of the budget's currency for one unit of another. */
  readonly rates: Readonly<Record<Currency, Micros>>;
  readonly createdAt: number;
}

/** Amount taken from one budget in one period (start of the period, ledger ms). */
export type Reserve = readonly [budget: string, period: number, amount: Micros];

export interface KillRecord {
  readonly id: string;
  readonly scope: 'all' | 'vendor' | 'account' | 'app' | 'key' | 'country';
  /** Id, vendor or country; empty for `all`. */
  readonly target: string;
  readonly reason: string;
  readonly actor: string;
  readonly createdAt: number;
}

/** One row of the price book. The longest fitting prefix with the latest `from` not in the future wins; exact rows beat bands. */
export interface PriceRecord {
  readonly vendor: string;
  /** Null: every account of the vendor. */
  readonly account: string | null;
  /** Action, channel and extra as in `Intent`: `message.send/sms`, `call.create/voice`, `call.leg`, `lookup/line_type_intelligence`. */
  readonly item: string;
  /** Digits without `+`; empty: any destination. */
  readonly prefix: string;
  readonly amount: Micros;
  readonly currency: Currency;
  /** What one amount pays for. */
  readonly unit: 'each' | 'segment' | 'minute' | 'month';
  /** Seconds per started step for `minute` prices (60: whole minutes, 1: seconds). */
  readonly increment: number;
  /** Effective from, wall ms. */
  readonly from: number;
  /** `price`: stated by the vendor; `ceiling`: set by the operator; `band`: coarse default shipped with Ringfence. */
  readonly kind: 'price' | 'ceiling' | 'band';
}

export type LedgerState = 'reserved' | 'committed' | 'released' | 'unknown';

/** One spending request: what it reserved, and what it cost in the end. */
export interface LedgerRecord extends JournalPoint {
  readonly at: number;
  readonly key: string;
  readonly app: string;
  readonly account: string;
  readonly vendor: string;
  readonly operation: string;
  readonly action: string;
  readonly country: string | null;
  readonly currency: Currency;
  readonly bound: Micros;
  /** Present cost: the bound while reserved or unknown, 0 when released, the vendor's price when settled. */
  readonly amount: Micros;
  readonly state: LedgerState;
  /** True when `amount` is the vendor's final price. */
  readonly settled: boolean;
  /** Settled at the bound because the vendor never said, or not in this currency, what it cost. */
  readonly atBound?: boolean;
  /** What stands against each budget now, in the budget's own currency. */
  readonly reserves: readonly Reserve[];
  readonly resourceIds: readonly string[];
  /** Keyed fingerprints `to`, `from`, `text` by which an unknown outcome is recognised at the vendor; then `parts`, if no single record prices it. */
  readonly fingerprints: readonly string[];
}

export interface LeaseRecord {
  readonly id: string;
  readonly budget: string;
  readonly period: number;
  /** Holder: a data-plane process in one of its lives. */
  readonly node: string;
  readonly epoch: number;
  /** Granted, less returned, less what shipped records consumed. */
  readonly remaining: Micros;
  readonly state: 'open' | 'closed' | 'presumed';
}

export interface PeriodRecord {
  readonly budget: string;
  readonly period: number;
  /** Sum of the reserves of ledger rows. */
  readonly spent: Micros;
  /** Sum of the remaining amounts of open leases. */
  readonly leased: Micros;
  /** Money of leases whose holder is gone for good. */
  readonly presumed: Micros;
}
