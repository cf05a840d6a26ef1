import { micros, ZERO, type Micros } from '../kernel/money.ts';
import type { Bill } from './bill.ts';
import { itemLimit, type Account, type Settings } from './core.ts';
import { logFor, type Log } from './log.ts';
import type { PriceBook } from './prices.ts';

export interface Verification {
  readonly id: string;
  readonly account: Account;
  /** Service, profile or brand under which it was started. */
  readonly service: string;
  readonly to: string;
  readonly code: string;
  readonly createdAt: number;
  channel: string;
  status: 'pending' | 'approved' | 'canceled' | 'max_attempts_reached' | 'expired';
  checks: number;
  /** How often a code was sent. */
  sends: number;
  updatedAt: number;
  /** What it cost so far. */
  charged: Micros;
  /** Workflow of further channels, where the vendor has one. */
  readonly remaining: { readonly channel: string; readonly to: string }[];
}

export type CheckResult = 'approved' | 'wrong' | 'too-many' | 'not-pending';

export interface VerificationDesk {
  start(verification: NewVerification): Verification;
  get(account: Account, id: string): Verification | undefined;
  /** The latest one to an address that still waits for its code. */
  pending(account: Account, service: string, to: string): Verification | undefined;
  check(verification: Verification, code: string): CheckResult;
  /** Charges one sending (or one success); `address` decides the price. Returns the amount. */
  charge(verification: Verification, charge: VerificationCharge): Micros;
  /** Notices that its time is over. */
  refresh(verification: Verification): Verification;
  of(account: Account): Log<Verification>;
  all(): readonly Verification[];
}

export type NewVerification = Pick<Verification, 'id' | 'account' | 'service' | 'to' | 'channel'> & {
  readonly code: string | null;
  readonly remaining?: Verification['remaining'];
};

export interface VerificationCharge {
  readonly item: string;
  readonly address: string;
  /** Milliseconds until the vendor tells the price. */
  readonly pricedAfter?: number;
}

export interface VerificationSources {
  readonly now: () => number;
  readonly settings: Settings;
  readonly prices: PriceBook;
  readonly bill: Bill;
}

const MOST_CHECKS = 5;
const LIFETIME = 600_000;

export function createVerificationDesk(sources: VerificationSources): VerificationDesk {
  const { now, settings } = sources;
  const logs = new Map<number, Log<Verification>>();
  const waiting = new Map<string, Verification>();

  function of(account: Account): Log<Verification> {
    return logFor(
      logs,
      account.index,
      ({ id }) => id,
      () => itemLimit(settings),
    );
  }

  function refresh(verification: Verification): Verification {
    if (verification.status === 'pending' && now() > verification.createdAt + LIFETIME)
      verification.status = 'expired';
    return verification;
  }
  const known = (verification: Verification | undefined): Verification | undefined =>
    verification === undefined ? undefined : refresh(verification);

  return Object.freeze({
    of,
    start({ code, remaining = [], ...rest }: NewVerification) {
      const at = now();
      const state = { status: 'pending' as const, checks: 0, sends: 1, charged: ZERO };
      const verification = {
        ...rest,
        ...state,
        createdAt: at,
        updatedAt: at,
        remaining: [...remaining],
        code: code ?? codeFor(rest.to),
      };
      of(rest.account).add(verification);
      waiting.set(waitingKey(rest.account, rest.service, rest.to), verification);
      if (waiting.size > settings.maximumItems) waiting.delete(waiting.keys().next().value ?? '');
      return verification;
    },
    get: (account: Account, id: string) => known(of(account).get(id)),
    pending(account: Account, service: string, to: string) {
      const verification = known(waiting.get(waitingKey(account, service, to)));
      return verification?.status === 'pending' ? verification : undefined;
    },
    check(verification: Verification, code: string): CheckResult {
      if (verification.status === 'max_attempts_reached') return 'too-many';
      if (verification.status !== 'pending') return 'not-pending';
      verification.checks += 1;
      verification.updatedAt = now();
      if (code === verification.code) {
        verification.status = 'approved';
        return 'approved';
      }
      if (verification.checks < MOST_CHECKS) return 'wrong';
      verification.status = 'max_attempts_reached';
      return 'too-many';
    },
    charge: (verification: Verification, charge: VerificationCharge) =>
      charged(sources, verification, charge),
    refresh,
    all: () => [...logs.values()].flatMap((log) => log.all()),
  });
}

function charged(
  { now, prices, bill }: VerificationSources,
  verification: Verification,
  { item, address, pricedAfter = 0 }: VerificationCharge,
): Micros {
  const { account, id } = verification;
  const { amount } = prices.price(account.vendor, item, address);
  const at = now();
  const charge = { account, resource: id, item, to: address, units: 1, amount };
  bill.charge({ ...charge, at, finalAt: at + pricedAfter });
  verification.charged = micros(verification.charged + amount);
  return amount;
}

const waitingKey = (account: Account, service: string, to: string): string =>
  `${account.index} ${service} ${to}`;

/** The code that the sandbox "sends": the last six digits of the number, so that a person needs no phone. */
function codeFor(to: string): string {
  const digits = to.replaceAll(/\D/g, '');
  return digits.length < 6 ? '123456' : digits.slice(-6);
}
