import type { Exchange } from './core.ts';

/** A fault to inject. Without `vendor`, `method` and `path` it hits every request; `probability` defaults to 1, `count` to no limit. */
export interface FaultSpec {
  readonly kind: FaultKind;
  readonly vendor?: string;
  readonly method?: string;
  /** Text that the path must contain. */
  readonly path?: string;
  readonly probability?: number;
  /** How many requests it hits before it is used up. */
  readonly count?: number;
  /** `latency`: milliseconds. `drip`: milliseconds between two pieces. */
  readonly milliseconds?: number;
  /** `latency`: before (default) or after the vendor acted. */
  readonly when?: 'before' | 'after';
  /** `error-before`, `error-after`: HTTP status, default 503. */
  readonly status?: number;
  /** `rate-limit`: seconds in Retry-After, default 1. */
  readonly retryAfter?: number;
}

/**
 * - `latency`: answers late.
 * - `rate-limit`: 429, nothing happened.
 * - `error-before`, `error-after`: 5xx; nothing happened, or everything did.
 * - `lost-answer`: accepted and booked, then the connection breaks.
 * - `reset`: the connection breaks, nothing happened.
 * - `drip`: accepted, and the answer comes in small pieces.
 */
export const FAULT_KINDS = [
  'latency',
  'rate-limit',
  'error-before',
  'error-after',
  'lost-answer',
  'reset',
  'drip',
] as const;
export type FaultKind = (typeof FAULT_KINDS)[number];

const FIELDS: Readonly<Record<keyof FaultSpec, 'string' | 'number'>> = {
  kind: 'string',
  vendor: 'string',
  method: 'string',
  path: 'string',
  probability: 'number',
  count: 'number',
  milliseconds: 'number',
  when: 'string',
  status: 'number',
  retryAfter: 'number',
};

/** Why a requested fault is refused; null when it is fine. Strict, as one with a misspelt scope would hit more than was meant. */
export function faultProblem(spec: Readonly<Record<string, unknown>>): string | null {
  if (!FAULT_KINDS.some((kind) => kind === spec['kind'])) return `kind is one of ${FAULT_KINDS.join(', ')}`;
  for (const [name, value] of Object.entries(spec)) {
    const form = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof FaultSpec] : null;
    if (form === null) return `${name} is none of ${Object.keys(FIELDS).join(', ')}`;
    if (typeof value !== form) return `${name} is a ${form}`;
  }
  return null;
}

export interface Fault extends FaultSpec {
  readonly id: string;
  /** Requests hit so far. */
  hits: number;
}

export interface Faults {
  add(spec: FaultSpec): Fault;
  remove(id: string): boolean;
  clear(): void;
  list(): readonly Fault[];
  /** Faults that hit a request: every matching latency, and the first matching fault of another kind. */
  strike(vendor: string, exchange: Pick<Exchange, 'method' | 'path'>): readonly Fault[];
}

const NONE: readonly Fault[] = Object.freeze([]);

export function createFaults(fraction: () => number): Faults {
  let faults: Fault[] = [];
  let made = 0;

  const fits = (fault: Fault, vendor: string, { method, path }: Pick<Exchange, 'method' | 'path'>) =>
    fault.hits < (fault.count ?? Number.POSITIVE_INFINITY) &&
    (fault.vendor === undefined || fault.vendor === vendor) &&
    (fault.method === undefined || fault.method === method) &&
    (fault.path === undefined || path.includes(fault.path)) &&
    (fault.probability === undefined || fraction() < fault.probability);

  return Object.freeze({
    add(spec: FaultSpec) {
      made += 1;
      const fault = { ...spec, id: `fault_${made}`, hits: 0 };
      faults.push(fault);
      return fault;
    },
    remove(id: string) {
      const before = faults.length;
      faults = faults.filter((fault) => fault.id !== id);
      return faults.length < before;
    },
    clear() {
      faults = [];
    },
    list: () => faults.map((fault) => ({ ...fault })),
    strike(vendor: string, exchange: Pick<Exchange, 'method' | 'path'>) {
      if (faults.length === 0) return NONE;
      const struck: Fault[] = [];
      let decided = false;
      for (const fault of faults) {
        if ((decided && fault.kind !== 'latency') || !fits(fault, vendor, exchange)) continue;
        fault.hits += 1;
        struck.push(fault);
        if (fault.kind !== 'latency') decided = true;
      }
      return struck;
    },
  });
}
