import type { VendorRecord } from '../lookup-adapter.ts';

/**
 * The records of a list. Null when one of them cannot be told from others: if it were left out, its request would look as
 * if it had never been done.
 */
export function wholeList(records: readonly (VendorRecord | null)[]): readonly VendorRecord[] | null {
  const whole = records.filter((record) => record !== null);
  return whole.length === records.length ? whole : null;
}

/** `VendorRecord.createdAt` of a time as text. */
export function timeOf(text: string | null): number {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? 0 : time;
}
