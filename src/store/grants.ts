import { RingfenceError } from '../kernel/errors.ts';
import { checkAmount } from './outcome.ts';
import type { GrantRequest } from './ports.ts';

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

/** A negative limit would mean "everything" to the database. */
export function checkLimit(limit: number): void {
  if (!Number.isSafeInteger(limit) || limit < 0)
    throw new RingfenceError('input_invalid', 'The limit is not a whole, non-negative number');
}
