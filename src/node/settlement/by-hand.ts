import type { LedgerStatement } from '../../api/services/ledger.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { LedgerStore } from '../../store/ports.ts';
import type { LedgerRecord } from '../../store/records.ts';
import type { Booking } from './booking.ts';

/**
 * Throws `conflict` unless a person may still say what became of the row: its outcome is unknown, or its price. A vendor's
 * own word is never replaced.
 */
export async function checkStatement(
  row: LedgerRecord,
  { outcome, resource }: LedgerStatement,
  ledger: Pick<LedgerStore, 'hasResource'>,
): Promise<void> {
  if (row.state === 'reserved')
    throw new RingfenceError('conflict', 'The request is still under way, or is being recovered.');
  if (row.state === 'released' || (row.settled && row.atBound !== true))
    throw new RingfenceError('conflict', 'What became of the request is known, and what it cost.');
  if (row.state === 'committed' && outcome === 'not-sent')
    throw new RingfenceError(
      'conflict',
      'The vendor has accepted the request; state what it cost, also if 0.',
    );
  if (resource === null || row.resourceIds.includes(resource)) return;
  if (await ledger.hasResource(row.account, resource))
    throw new RingfenceError('conflict', `${resource} is what another request has made.`);
}

/** Books what a person found out at the vendor. */
export function bookStatement(
  row: LedgerRecord,
  { outcome, cost, resource }: LedgerStatement,
  booking: Booking,
): Promise<void> {
  if (outcome === 'not-sent') return booking.released(row);
  const resourceIds = resource === null ? [] : [resource];
  return cost === null ? booking.atBound(row, resourceIds) : booking.priced(row, cost, resourceIds);
}
