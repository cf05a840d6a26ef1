import { parseMicros } from '../../kernel/money.ts';

/** `0.10 USD` as micros and currency; null when it is not that. */
export function readMoney(text: string): { readonly amount: number; readonly currency: string } | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ([A-Z]{3})$/.exec(text);
  const amount = match?.[1] === undefined ? null : parseMicros(match[1]);
  return amount === null || match?.[2] === undefined ? null : { amount, currency: match[2] };
}

/** `90s`, `10m` or `2h` in seconds. */
export function readSeconds(text: string): number {
  const unit = { s: 1, m: 60, h: 3600 }[text.at(-1) ?? ''] ?? 1;
  return Number(text.slice(0, -1)) * unit;
}

/** True for an IANA time zone name that this Node knows. */
export function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
