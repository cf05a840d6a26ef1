import { refuse, type Refusal } from '../../intent/decision.ts';
import type { Destination, Intent } from '../../intent/intent.ts';
import { maskAddress } from '../../kernel/phone.ts';
import { recipientGuard, type LimitRule } from '../limits/limit-rule.ts';
import type { Bound, Subject } from '../subject.ts';
import { readSeconds, type PolicyDocument, type PolicyLimit } from './document.ts';
import { compileRule, DEFAULT_CALL_SECONDS, type CompiledRule, type Question } from './rule.ts';
import { compileTo, compileWhat, compileWho } from './selector.ts';

export type PolicyDecision =
  | {
      readonly ok: true;
      readonly rule: string;
      readonly callSeconds: number;
      readonly observed: string | null;
    }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Policy {
  /** The data that the closures were made from, for analysis. */
  readonly document: PolicyDocument;
  readonly limits: readonly LimitRule[];
  // oxlint-disable-next-line max-params -- one call of the hot path
  decide(subject: Subject, intent: Intent, bound: Bound | null, now: number): PolicyDecision;
}

/** In force while there is no policy: nothing is allowed. */
export const NO_POLICY: PolicyDocument = { version: 1, mode: 'enforce', rules: [] };

/** Compiles a policy. Deny rules win; every destination needs an allow rule whose conditions all hold. */
export function compilePolicy(document: PolicyDocument): Policy {
  const rules = document.rules.map(compileRule);
  const byAction = new Map<string, Indexed>();
  const forbidden = document.parameters?.forbid ?? [];
  const indexed = (intent: Intent): Indexed => {
    let found = byAction.get(intent.action);
    if (found === undefined) byAction.set(intent.action, (found = indexFor(document, rules, intent.action)));
    return found;
  };
  const judge = (question: Question): PolicyDecision => {
    const parameter = forbidden.find((name) => question.intent.parameters.has(name));
    if (parameter !== undefined)
      return refuse('parameter_forbidden', 'policy:parameters', `The parameter ${parameter} is forbidden.`);
    const { denies, allows } = indexed(question.intent);
    return findDeny(denies, question) ?? cover(allows, question);
  };
  return {
    document,
    limits: compileLimits(document.limits ?? []),
    decide(subject, intent, bound, now) {
      const decision = judge({ subject, intent, bound, now });
      return decision.ok || document.mode === 'enforce' ? decision : observe(decision.refusal);
    },
  };
}

interface Indexed {
  readonly denies: readonly CompiledRule[];
  readonly allows: readonly CompiledRule[];
}

function indexFor(
  document: PolicyDocument,
  rules: readonly CompiledRule[],
  action: Intent['action'],
): Indexed {
  const relevant = rules.filter((_, index) => document.rules[index]?.what?.actions?.includes(action) ?? true);
  return {
    denies: relevant.filter(({ isAllow }) => !isAllow),
    allows: relevant.filter(({ isAllow }) => isAllow),
  };
}

function observe({ code, rule, message }: Refusal): PolicyDecision {
  return {
    ok: true,
    rule: 'observe',
    callSeconds: DEFAULT_CALL_SECONDS,
    observed: `${code} ${rule}: ${message}`,
  };
}

function findDeny(denies: readonly CompiledRule[], question: Question): PolicyDecision | null {
  const { subject, intent } = question;
  for (const rule of denies) {
    if (rule.isObserved || !rule.concerns(subject, intent)) continue;
    const { covers } = rule;
    const hit = covers === null ? null : intent.destinations.find((one) => covers(one));
    if (covers !== null && hit === undefined) continue;
    if (rule.failure(question) !== null) continue;
    const where = hit === undefined || hit === null ? '' : ` to ${describe(hit)}`;
    return refuse('policy_denied', `rule:${rule.id}`, `rule:${rule.id} denies ${intent.action}${where}.`);
  }
  return null;
}

const NOWHERE: readonly (Destination | null)[] = [null];

function cover(allows: readonly CompiledRule[], question: Question): PolicyDecision {
  const { subject, intent } = question;
  const places = intent.destinations.length === 0 ? NOWHERE : intent.destinations;
  let callSeconds = Infinity;
  let used: CompiledRule | null = null;
  for (const place of places) {
    let nearest: { readonly rule: CompiledRule; readonly problem: string } | null = null;
    let found: CompiledRule | null = null;
    for (const rule of allows) {
      if (rule.isObserved || !rule.concerns(subject, intent)) continue;
      const problem = placeProblem(rule, place) ?? rule.failure(question);
      if (problem === null) {
        found = rule;
        break;
      }
      nearest ??= { rule, problem };
    }
    if (found === null) return denial(intent, place, nearest);
    callSeconds = Math.min(callSeconds, found.callSeconds);
    used ??= found;
  }
  return { ok: true, rule: used?.id ?? '', callSeconds, observed: null };
}

function placeProblem(
  { covers, namesPremium, namesSatellite, namesInvalid }: CompiledRule,
  place: Destination | null,
): string | null {
  if (place === null) return null;
  if (covers !== null && !covers(place)) return `${describe(place)} is not covered`;
  const { phone } = place;
  if (phone === null) return null;
  if (phone.premium && !namesPremium) return `${describe(place)} is a premium number`;
  if (phone.satellite && !namesSatellite) return `${describe(place)} is a satellite number`;
  return phone.valid || namesInvalid ? null : `${describe(place)} is not a valid number`;
}

function denial(
  intent: Intent,
  place: Destination | null,
  nearest: { readonly rule: CompiledRule; readonly problem: string } | null,
): PolicyDecision {
  if (nearest !== null)
    return refuse('policy_denied', `rule:${nearest.rule.id}`, `rule:${nearest.rule.id}: ${nearest.problem}.`);
  const where = place === null ? '' : ` to ${describe(place)}`;
  const effects = intent.effects.join(', ');
  return refuse(
    'policy_denied',
    'policy:default',
    `No rule allows ${intent.action} (${intent.operation}; ${effects})${where}.`,
  );
}

function describe({ address, phone, kind }: Destination): string {
  return `${maskAddress(address)} (${phone?.country ?? kind})`;
}

function compileLimits(limits: readonly PolicyLimit[]): readonly LimitRule[] {
  const own = limits.map(compileLimit);
  return own.some(({ id }) => id === 'recipient-flood') ? own : [...own, recipientGuard()];
}

function compileLimit({ id, per, who, what, to, rate, burst, concurrency }: PolicyLimit): LimitRule {
  const [count = '0', window = '1s'] = rate?.split('/') ?? [];
  const inWho = compileWho(who);
  const inWhat = compileWhat(what);
  const covers = compileTo(to);
  return {
    id,
    per,
    rate:
      rate === undefined
        ? null
        : {
            count: Number(count),
            milliseconds: readSeconds(window) * 1000,
            burst: Math.min(burst ?? Number(count), Number(count)),
          },
    concurrency: concurrency ?? null,
    match: { who, what, to },
    covers: (subject, intent) =>
      inWho(subject) &&
      inWhat(subject, intent) &&
      (covers === null || intent.destinations.some((one) => covers(one))),
  };
}
