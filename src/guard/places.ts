import type { Destination, Intent } from '../intent/intent.ts';

/** Where an intent goes, for rules and limits that speak about destinations: a number to buy lies in its country. */
export function placesOf({ destinations, country }: Intent): readonly Destination[] {
  return destinations.length > 0 || country === null ? destinations : [numberIn(country)];
}

function numberIn(country: string): Destination {
  const phone = {
    country,
    lineType: 'unknown',
    premium: false,
    satellite: false,
    operator: null,
    valid: true,
  } as const;
  return { kind: 'phone', address: '', phone };
}
