import type { VendorRecord } from '../lookup-adapter.ts';

/**
 * The records of a list; null for the whole list if one of them could not be read. Without it, the request that it belongs to
 * would look as if it had never been carried out.
 */
export function wholeList(records: readonly (VendorRecord | null)[]): readonly VendorRecord[] | null {
  const whole = records.filter((record) => record !== null);
  return whole.length === records.length ? whole : null;
}

/** Wall ms of a time as text, for `VendorRecord.createdAt`; 0 when it cannot be read. */
export function createdAtOf(text: string | null): number {
  const time = text === null ? Number.NaN : Date.parse(text);
  return Number.isNaN(time) ? 0 : time;
}
