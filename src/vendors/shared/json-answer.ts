import type { WireResponse } from '../wire.ts';

/** A JSON answer of ours in a vendor's shape. */
export function jsonAnswer(
  status: number,
  value: unknown,
  headers: Readonly<Record<string, string>> = {},
): WireResponse {
  return {
    status,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value), 'utf8'),
  };
}

/** Parses an answer as a JSON object; null when it is anything else. */
export function readJsonObject(response: WireResponse): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(response.body.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
