import { micros, type Micros } from '../kernel/money.ts';

const UNIT = 1_000_000;

/** Micros with exactly `decimals` decimals (4 to 8), as vendors print money. Prices divide evenly, so nothing is rounded. */
export function decimalText(amount: Micros, decimals: number): string {
  const absolute = Math.abs(amount);
  const fraction = String(absolute % UNIT).padStart(6, '0');
  const digits = decimals > 6 ? fraction.padEnd(decimals, '0') : fraction.slice(0, decimals);
  return `${amount < 0 ? '-' : ''}${Math.floor(absolute / UNIT)}.${digits}`;
}

/** Started steps of `increment` seconds, at the price of a minute, rounded up to whole micros. */
export function timedAmount(price: { readonly amount: Micros; readonly increment: number }, seconds: number) {
  const steps = Math.ceil(seconds / price.increment);
  return micros(Math.ceil((price.amount * steps * price.increment) / 60));
}
