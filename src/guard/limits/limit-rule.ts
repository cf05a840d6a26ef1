import { hash } from 'node:crypto';
import type { Intent } from '../../intent/intent.ts';
import { placesOf } from '../places.ts';
import type { Subject } from '../subject.ts';
import type { RateRule } from './rate.ts';
import { recipientOf } from './recipient.ts';

export const LIMIT_SUBJECTS = ['all', 'app', 'key', 'account', 'recipient', 'prefix', 'country'] as const;
export type LimitSubject = (typeof LIMIT_SUBJECTS)[number];

/** A compiled limit. Two rules are the same when their data are. */
export interface LimitRule {
  readonly id: string;
  readonly per: LimitSubject;
  readonly rate: RateRule | null;
  readonly concurrency: number | null;
  /** The selector as the policy states it; null: every request. */
  readonly match: unknown;
  covers(subject: Subject, intent: Intent): boolean;
}

const PREFIX_DIGITS = 6;
/** Longer keys are hashed: numbers and most addresses are shorter, and 200,000 names of full length would fill the memory. */
const LONG = 64;

/** The counters that one request touches in a limit: one, or one for each destination. */
export function subjectKeys(per: LimitSubject, subject: Subject, intent: Intent): readonly string[] {
  switch (per) {
    case 'all':
      return [''];
    case 'app':
      return [subject.app];
    case 'key':
      return [subject.key];
    case 'account':
      return [subject.account];
    case 'recipient':
      return intent.destinations.map((one) => inShort(recipientOf(one)));
    case 'prefix':
      return intent.destinations.map(({ address }) => address.slice(0, PREFIX_DIGITS + 1));
    case 'country':
      return placesOf(intent).map(({ phone }) => phone?.country ?? '?');
  }
}

function inShort(name: string): string {
  return name.length <= LONG ? name : hash('sha256', name, 'base64url');
}

/** Always in force unless the policy has limits of the same ids: nobody needs more than this at one number. */
export function recipientGuards(): readonly LimitRule[] {
  return [
    recipientGuard('recipient-flood', 10, 600_000),
    recipientGuard('recipient-flood-day', 40, 86_400_000),
  ];
}

function recipientGuard(id: string, count: number, milliseconds: number): LimitRule {
  return {
    id,
    per: 'recipient',
    rate: { count, milliseconds, burst: count },
    concurrency: null,
    match: null,
    covers: (_subject, intent) =>
      intent.action === 'message.send' || intent.action === 'call.create' || intent.action === 'verify.start',
  };
}
