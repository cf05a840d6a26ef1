import { z } from 'zod';
import { formatMicros, parseMicros, type Micros } from '../kernel/money.ts';

/** Bytes of the largest body that a route reads unless it states more: the parser takes long for what is deeply nested. */
export const SMALL_BODY = 64 * 1024;
/** Of routes that take files: prices, findings, a policy. */
export const LARGE_BODY = 4 * 1024 * 1024;

/** A route of the admin API, apart from its method and path. */
export interface RouteSpec {
  readonly summary: string;
  /** Path parameters, and query (GET, DELETE) or JSON body (POST, PUT), in one object. */
  readonly input: z.ZodObject;
  readonly output: z.ZodType;
  /** `json` unless stated. `lines` is one JSON object a line; `text` is plain text. */
  readonly format?: 'json' | 'lines' | 'text';
  /** Status of success; 200 unless stated. */
  readonly status?: number;
  /** Bytes of the largest body; `SMALL_BODY` unless stated. */
  readonly maxBody?: number;
  /** Answers without a token. */
  readonly isOpen?: boolean;
}

/** Bytes for people. */
export function sizeText(bytes: number): string {
  return bytes >= 1 << 20 ? `${bytes >> 20} MiB` : `${bytes >> 10} KiB`;
}

/** A route without input. */
export const empty = z.strictObject({});

/** Id of a journal record, and of the ledger row that it made. */
export const point = z.string().regex(/^[\w.]+-\d+-\d+$/, 'an id looks like w0-3-17');

const PLAIN = /^[^\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]+$/u;

/** A name that a person gives. It appears in tables and logs and is typed into policies, so invisible characters are refused. */
export const givenName = z
  .string()
  .min(1)
  .max(100)
  .refine(
    (name) => PLAIN.test(name) && name.trim() === name,
    'a name has no control or invisible character, and no space at its ends',
  )
  .refine((name) => !/^\.{1,2}$/.test(name), 'a name is more than one or two dots, which no path can hold')
  // An approximation for openapi.json: validators of other languages do not know the pattern's `\p{…}`.
  .meta({
    pattern: String.raw`^\S(.*\S)?$`,
    description: 'Without control or invisible characters; not `.` or `..`',
  });

/** Id or name of a record. */
export const reference = z.string().min(1).max(120);

/** An amount in a request: exact decimal text such as `0.0079`. Handlers get micros. */
export const amountIn = z
  .string()
  .regex(/^-?\d{1,9}(\.\d{1,12})?$/, 'an amount looks like 12.50')
  .transform((text) => parseMicros(text) as Micros);
/** An amount in an answer: handlers give micros, callers get exact decimal text. */
export const amountOut = z
  .number()
  .transform((amount) => formatMicros(amount as Micros))
  .pipe(z.string());

/** A time in an answer: handlers give wall ms, callers get ISO 8601. */
export const time = z
  .number()
  .transform((at) => new Date(at).toISOString())
  .pipe(z.string());

/** A whole number in a query string. */
export const count = (most: number) => z.coerce.number<number>().int().min(1).max(most);

export const currency = z
  .string()
  .regex(/^[A-Z]{3,12}$/, 'a currency looks like EUR')
  .describe('ISO 4217 code, or a unit of count budgets');

/** Values by field name. */
export const textMap = z.record(z.string().max(60), z.string().max(20_000));
/** True when there was something to remove. */
export const removed = z.object({ removed: z.boolean() });
