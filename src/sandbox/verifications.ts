import type { Account, Settings } from './core.ts';
import { itemLimit } from './core.ts';
import { createLog, type Log } from './log.ts';

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
  of(account: Account): Log<Verification>;
  all(): readonly Verification[];
}

export type NewVerification = Pick<Verification, 'id' | 'account' | 'service' | 'to' | 'channel'> & {
  readonly code: string | null;
  readonly remaining?: Verification['remaining'];
};

const MOST_CHECKS = 5;
const LIFETIME = 600_000;

export function createVerificationDesk(now: () => number, settings: Settings): VerificationDesk {
  const logs = new Map<number, Log<Verification>>();
  const waiting = new Map<string, Verification>();

  function of(account: Account): Log<Verification> {
    let log = logs.get(account.index);
    if (log === undefined) {
      log = createLog<Verification>(
        ({ id }) => id,
        () => itemLimit(settings),
      );
      logs.set(account.index, log);
    }
    return log;
  }
  function expire(verification: Verification | undefined): Verification | undefined {
    if (verification?.status === 'pending' && now() > verification.createdAt + LIFETIME)
      verification.status = 'expired';
    return verification;
  }

  return Object.freeze({
    of,
    start({ code, remaining = [], ...rest }: NewVerification) {
      const at = now();
      const state = { createdAt: at, updatedAt: at, status: 'pending' as const, checks: 0, sends: 1 };
      const verification = { ...rest, ...state, remaining: [...remaining], code: code ?? codeFor(rest.to) };
      of(rest.account).add(verification);
      waiting.set(waitingKey(rest.account, rest.service, rest.to), verification);
      if (waiting.size > settings.maximumItems) waiting.delete(waiting.keys().next().value ?? '');
      return verification;
    },
    get: (account: Account, id: string) => expire(of(account).get(id)),
    pending(account: Account, service: string, to: string) {
      const verification = expire(waiting.get(waitingKey(account, service, to)));
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
    all: () => [...logs.values()].flatMap((log) => log.all()),
  });
}

const waitingKey = (account: Account, service: string, to: string): string =>
  `${account.index} ${service} ${to}`;

/** The code that the sandbox "sends": the last six digits of the number, so that a person needs no phone. */
export function codeFor(to: string): string {
  const digits = to.replaceAll(/\D/g, '');
  return digits.length < 6 ? '123456' : digits.slice(-6);
}
