import { defaultPrices } from '../../guard/prices/default-prices.ts';
import type { AccountRecord, PriceRecord } from '../../store/records.ts';

/**
 * Coarse bands for an account whose vendor has no prices in its currency yet (`known`: those of its general rows), so
 * that nothing is refused merely for lack of a price. Where the vendor has prices, these decide, and what they leave
 * out stays refused.
 */
export function missingBands(
  known: readonly string[],
  { id, vendor, currency }: Pick<AccountRecord, 'id' | 'vendor' | 'currency'>,
): readonly PriceRecord[] {
  if (known.includes(currency)) return [];
  return defaultPrices({ vendor, account: known.length === 0 ? null : id, currency });
}
