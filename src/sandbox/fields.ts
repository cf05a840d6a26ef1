import type { Exchange } from './core.ts';

/** Parameters of a form or query; a repeated one keeps all its values. */
export interface Fields {
  get(name: string): string | undefined;
  all(name: string): readonly string[];
  has(name: string): boolean;
  names(): readonly string[];
}

const NONE: readonly string[] = [];

export function readForm(form: string): Fields {
  const values = new Map<string, string | string[]>();
  for (const pair of form === '' ? NONE : form.split('&')) {
    const equals = pair.indexOf('=');
    const name = decode(equals === -1 ? pair : pair.slice(0, equals));
    const value = equals === -1 ? '' : decode(pair.slice(equals + 1));
    const known = values.get(name);
    if (known === undefined) values.set(name, value);
    else if (typeof known === 'string') values.set(name, [known, value]);
    else known.push(value);
  }
  return {
    get(name) {
      const value = values.get(name);
      return typeof value === 'string' || value === undefined ? value : value[0];
    },
    all(name) {
      const value = values.get(name);
      if (value === undefined) return NONE;
      return typeof value === 'string' ? [value] : value;
    },
    has: (name) => values.has(name),
    names: () => [...values.keys()],
  };
}

function decode(part: string): string {
  const spaced = part.includes('+') ? part.replaceAll('+', ' ') : part;
  if (!spaced.includes('%')) return spaced;
  try {
    return decodeURIComponent(spaced);
  } catch {
    return spaced;
  }
}

export type JsonObject = Readonly<Record<string, unknown>>;

/** The body as a JSON object; null when it is none. */
export function readJson(exchange: Pick<Exchange, 'body'>): JsonObject | null {
  try {
    const value: unknown = JSON.parse(exchange.body.toString('utf8'));
    return isObject(value) ? value : null;
  } catch {
    return null;
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A text field of a JSON object; numbers count as text. Undefined when absent or of another kind. */
export function text(object: JsonObject, name: string): string | undefined {
  const value = object[name];
  if (typeof value === 'number') return String(value);
  return typeof value === 'string' ? value : undefined;
}

export function list(object: JsonObject, name: string): readonly unknown[] {
  const value = object[name];
  return Array.isArray(value) ? value : [];
}

/** A whole number between `least` and `most`, or `fallback` when absent or no number. */
export function wholeNumber(
  value: string | undefined,
  fallback: number,
  least: number,
  most: number,
): number {
  const number = value === undefined || value === '' ? Number.NaN : Number(value);
  return Number.isInteger(number) ? Math.min(most, Math.max(least, number)) : fallback;
}
