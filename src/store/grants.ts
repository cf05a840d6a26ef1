import { RingfenceError } from '../kernel/errors.ts';
import { micros, type Micros } from '../kernel/money.ts';
import { checkAmount } from './outcome.ts';
import type { GrantRequest } from './ports.ts';
import type { LeaseRecord } from './records.ts';

/** Throws `input_invalid` for a request that contradicts itself. */
export function checkGrant({ period, since, limit, need, want, budget }: GrantRequest): void {
  checkAmount('limit', limit);
  checkAmount('need', need);
  checkAmount('want', want);
  if (want < need) throw new RingfenceError('input_invalid', 'A grant wants less than it needs');
  if (!(period >= since))
    throw new RingfenceError(
      'input_invalid',
      `The period of budget ${budget} does not count against its limit`,
    );
}

/** What the request gets when `counted` is used of its limit already: up to what it wants, or nothing if that is less than it needs. */
export function divide(
  { limit, need, want }: GrantRequest,
  counted: number,
): { readonly granted: Micros; readonly left: Micros } {
  const room = Math.max(0, limit - counted);
  const granted = room >= need ? Math.min(want, room) : 0;
  return { granted: micros(granted), left: micros(room - granted) };
}

/** A process in one of its lives. */
export type Holder = Pick<LeaseRecord, 'node' | 'epoch'>;

/** Throws `conflict` for a process whose leases were closed: it is taken for dead. */
export function checkAlive({ node, epoch }: Holder, isClosed: boolean): void {
  if (isClosed) throw new RingfenceError('conflict', `The leases of ${node}-${epoch} were closed`);
}

/** Throws `conflict` while the journal of the holder is loaded to `loaded` only. */
export function checkLoaded({ node, epoch }: Holder, loaded: number, position: number): void {
  if (loaded < position)
    throw new RingfenceError('conflict', `Journal ${node}-${epoch} is not loaded to ${position} yet`);
}

/** A process gives back more than its lease holds, or has none. */
export function notHeld({ node, epoch }: Holder): RingfenceError {
  return new RingfenceError('conflict', `No open lease of ${node}-${epoch} holds that much`);
}

export interface PresumedLease extends Holder {
  readonly life: number;
  readonly remaining: number;
}

/** How much of `amount` each of the leases (of `holder`, if any) gives up, in their order. Throws `conflict` when they hold less. */
export function forgiveFrom(
  leases: readonly PresumedLease[],
  amount: number,
  holder?: Holder,
): readonly (readonly [life: number, part: number])[] {
  let rest = amount;
  const isMeant = ({ node, epoch }: Holder) =>
    holder === undefined || (node === holder.node && epoch === holder.epoch);
  const parts = leases.filter(isMeant).map(({ life, remaining }): readonly [number, number] => {
    const part = Math.min(rest, remaining);
    rest -= part;
    return [life, part];
  });
  if (rest > 0) throw new RingfenceError('conflict', 'Less than that is presumed spent of this period');
  return parts.filter(([, part]) => part > 0);
}

/** Name of a lease: what it is of, and whose. */
export function leaseId({
  budget,
  period,
  node,
  epoch,
}: Omit<LeaseRecord, 'id' | 'state' | 'remaining'>): string {
  return `${budget}/${period}/${node}-${epoch}`;
}

/** A negative limit would mean "everything" to the database. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw new RingfenceError('input_invalid', 'The limit is not a whole, non-negative number');
}
