import type { Intent } from '../intent/intent.ts';

/** The first country that an intent reaches and `isMeant` accepts: that of a number to buy, or of a destination. */
export function countryReached(
  { country, destinations }: Intent,
  isMeant: (country: string) => boolean,
): string | null {
  if (country !== null && isMeant(country)) return country;
  for (const { phone } of destinations)
    if (phone !== null && phone.country !== null && isMeant(phone.country)) return phone.country;
  return null;
}
