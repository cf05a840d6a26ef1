import { defaultPrices } from '../guard/prices/default-prices.ts';
import type { AccountRecord, PriceRecord } from '../store/records.ts';

/**
 * Coarse bands for an account whose vendor has no prices in its currency yet (`known`: all rows of the vendor), so
 * that nothing is refused merely for lack of a price. Where the vendor has prices, these decide, and what they leave
 * out stays refused.
 */
export function missingBands(
  known: readonly PriceRecord[],
  { id, vendor, currency }: Pick<AccountRecord, 'id' | 'vendor' | 'currency'>,
): readonly PriceRecord[] {
  const general = known.filter(({ account }) => account === null);
  if (general.some((row) => row.currency === currency)) return [];
  return defaultPrices({ vendor, account: general.length === 0 ? null : id, currency });
}
