/**
 * Money is an integer number of micro-units (1e-6) of a currency, never a float.
 * `Micros` stays below 2^53 (nine billion currency units), so plain arithmetic is exact.
 */
export type Micros = number & { readonly __brand: 'Micros' };

/** ISO 4217 code in upper case, or a unit of count budgets such as `MESSAGES`. */
export type Currency = string;

export interface Money {
  readonly amount: Micros;
  readonly currency: Currency;
}

const UNIT = 1_000_000;
const DECIMAL = /^(-?)(\d{1,9})(?:\.(\d{1,12}))?$/;

/** Checks that `value` is a safe integer and brands it. Throws a RangeError otherwise: a caller bug, never user input. */
export function micros(value: number): Micros {
  if (!Number.isSafeInteger(value)) throw new RangeError(`not a whole number of micros: ${value}`);
  return value as Micros;
}

/**
 * Reads a decimal string such as `0.0075` or `-0.0075` exactly. Digits beyond the sixth are rounded
 * away from zero, so that a cost is never understated. Null when the text is not a decimal number.
 */
export function parseMicros(text: string): Micros | null {
  const match = DECIMAL.exec(text);
  if (match === null) return null;
  const [, sign, whole, fraction = ''] = match;
  const rounding = /[1-9]/.test(fraction.slice(6)) ? 1 : 0;
  const amount = Number(whole) * UNIT + Number(fraction.slice(0, 6).padEnd(6, '0')) + rounding;
  return micros(sign === '-' && amount !== 0 ? -amount : amount);
}

/** Prints micros as the shortest decimal with at least two decimals: `1.00`, `0.0079`. */
export function formatMicros(amount: Micros): string {
  const absolute = Math.abs(amount);
  const fraction = String(absolute % UNIT)
    .padStart(6, '0')
    .replace(/0{1,4}$/, '');
  return `${amount < 0 ? '-' : ''}${Math.floor(absolute / UNIT)}.${fraction}`;
}

/** `amount × factor`, rounded up, exact for factors given in micros (a rate of 1.08 is 1_080_000). */
export function scaleUp(amount: Micros, factor: Micros): Micros {
  const product = BigInt(amount) * BigInt(factor);
  const unit = BigInt(UNIT);
  return micros(Number((product + unit - 1n) / unit));
}

export const ZERO = 0 as Micros;
