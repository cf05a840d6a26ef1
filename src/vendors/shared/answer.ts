import type { Intent } from '../../intent/intent.ts';
import type { Settlement } from '../../intent/settlement.ts';
import { type Money, parseMicros } from '../../kernel/money.ts';
import { fieldOf, isJsonObject, type JsonObject, type JsonValue } from './json-body.ts';

const MAX_IDS = 100;
const MAX_ID = 256;

/** The vendor has said no: nothing was spent. */
export const REJECTED: Settlement = { outcome: 'rejected', cost: null, resourceIds: [] };
/** It is unknown whether the vendor did it: the bound stays reserved. */
export const UNKNOWN: Settlement = { outcome: 'unknown', cost: null, resourceIds: [] };

/** Statuses of the class 4xx after which the vendor may have done it all the same. */
const OPEN: ReadonlySet<number> = new Set([406, 408, 499]);

/**
 * What an HTTP status alone says: 4xx is a refusal, except those that a proxy on the way may have written
 * after the vendor took the request (408, 499), and the one for an answer in a form that the app did not want, which
 * many servers find out last (406); 5xx and redirects say nothing. Null for 2xx: read the body.
 */
export function settleByStatus(status: number): Settlement | null {
  if (status >= 200 && status < 300) return null;
  if (status >= 400 && status < 500 && !OPEN.has(status)) return REJECTED;
  return UNKNOWN;
}

/** The vendor took it. `cost` null: it is learned later. `ids`: of what was made, as far as the answer names them. */
export function accepted(cost: Money | null, ids: readonly (string | null)[]): Settlement {
  const resourceIds = ids.filter((id): id is string => id !== null && id !== '' && id.length <= MAX_ID);
  return { outcome: 'accepted', cost, resourceIds: resourceIds.slice(0, MAX_IDS) };
}

/** Marks the id of something whose further parts (legs, recordings, failovers) have their own records and prices. */
const PARTS = 'parts:';

/**
 * Accepted, but the price is spread over several records, so the bound stays charged. The plain ids are kept as well, so that
 * the vendor's records are recognised as belonging to this request.
 */
export function acceptedInParts(ids: readonly (string | null)[]): Settlement {
  const [first = null] = ids;
  return accepted(null, [first === null ? null : `${PARTS}${first}`, ...ids]);
}

/** True for an id under which a request with several parts was settled. */
export function isInParts(resourceId: string): boolean {
  return resourceId.startsWith(PARTS);
}

/**
 * True when the price in the record of the first part may not be all that the intent costs: a call with further legs,
 * recordings or detection, a message with failovers or to several.
 */
export function hasParts({ action, extras, destinations }: Intent): boolean {
  if (action === 'call.modify') return true;
  const isOne = extras.length === 0 && destinations.length <= 1;
  return (action === 'call.create' || action === 'message.send') && !isOne;
}

/** A price as vendors write it: a decimal string or number, never negative. Null when it is not one. */
export function moneyOf(amount: JsonValue | undefined, currency: JsonValue | undefined): Money | null {
  const text = typeof amount === 'number' ? decimalOf(amount) : amount;
  if (typeof text !== 'string' || typeof currency !== 'string' || !/^[A-Za-z]{3}$/.test(currency))
    return null;
  const micros = parseMicros(text.trim());
  return micros === null || micros < 0 ? null : { amount: micros, currency: currency.toUpperCase() };
}

/** A number as decimal text. JavaScript prints without exponent from 1e-6 on, the smallest amount of money here. */
function decimalOf(amount: number): string {
  return Math.abs(amount) < 1e-6 && amount !== 0 ? amount.toFixed(12) : String(amount);
}

/** The object at a path of names, or null. */
export function at(object: JsonObject | null, ...path: readonly string[]): JsonObject | null {
  let place: JsonObject | null = object;
  for (const name of path) {
    const next: JsonValue | undefined = place === null ? undefined : fieldOf(place, name);
    place = isJsonObject(next) ? next : null;
  }
  return place;
}

/** A text field, or null. */
export function textAt(object: JsonObject | null, name: string): string | null {
  const value = object === null ? undefined : fieldOf(object, name);
  return typeof value === 'string' ? value : null;
}

/** Objects of a list field; empty when it is none. */
export function objectsAt(object: JsonObject | null, name: string): readonly JsonObject[] {
  const value = object === null ? undefined : fieldOf(object, name);
  return Array.isArray(value) ? value.filter(isJsonObject) : [];
}
