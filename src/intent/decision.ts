import type { ErrorCode } from '../kernel/errors.ts';

/** A refusal is a value: it names the code, the rule and, in words, what to change. */
export interface Refusal {
  readonly code: ErrorCode;
  /** The rule, limit, budget or switch that decided, for example `rule:sms-home` or `budget:daily`. */
  readonly rule: string;
  /** One sentence for the developer who reads the SDK's exception. Holds no secret and no full number. */
  readonly message: string;
}

/** A step that ends the request. */
export interface Refused {
  readonly ok: false;
  readonly refusal: Refusal;
}

/** What a step of the pipeline answers: go on with the value, or refuse. */
export type Step<T> = { readonly ok: true; readonly value: T } | Refused;

/** The step passed, with what the following ones need. */
export function next<T>(value: T): Step<T> {
  return { ok: true, value };
}

/** The step ends the request. See `Refusal` for what `rule` and `message` may hold. */
export function refuse(code: ErrorCode, rule: string, message: string): Refused {
  return { ok: false, refusal: { code, rule, message } };
}

/** A refusal in one line, for the journal of a policy that only observes (the request was let pass). */
export function textOf({ code, rule, message }: Refusal): string {
  return message.startsWith(`${rule} `) ? `${code}: ${message}` : `${code} ${rule}: ${message}`;
}
