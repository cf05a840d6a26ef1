import { refuse, textOf, type Refusal } from '../../intent/decision.ts';
import type { Destination, Intent } from '../../intent/intent.ts';
import { maskAddress } from '../../kernel/phone.ts';
import { recipientGuards, type LimitRule } from '../limits/limit-rule.ts';
import type { Bound, Subject, SubjectNames } from '../subject.ts';
import { channelsOf } from '../channels.ts';
import { placesOf } from '../places.ts';
import { compileTo } from './destination-selector.ts';
import { compileForbidden } from './parameters.ts';
import type { PolicyDocument, PolicyLimit } from './schema.ts';
import { readSeconds } from './values.ts';
import { compileRule, DEFAULT_CALL_SECONDS, type CompiledRule, type Question } from './rule.ts';
import { compileWhat, compileWho } from './selector.ts';

export type PolicyDecision =
  | {
      readonly ok: true;
      readonly rule: string;
      readonly callSeconds: number;
      readonly observed: string | null;
      /** The policy is tried only: what it says refuses nothing. */
      readonly isObserving: boolean;
    }
  | { readonly ok: false; readonly refusal: Refusal };

export interface Policy {
  /** The data that the closures were made from. */
  readonly document: PolicyDocument;
  readonly limits: readonly LimitRule[];
  // oxlint-disable-next-line max-params -- one call of the hot path
  decide(subject: Subject, intent: Intent, bound: Bound | null, now: number): PolicyDecision;
}

/** In force while there is no policy: nothing is allowed. */
export const NO_POLICY: PolicyDocument = { version: 1, mode: 'enforce', rules: [] };

/** For a policy that is compiled only to be looked at. */
const NO_NAMES: SubjectNames = {
  app: () => undefined,
  key: () => undefined,
  replacedBy: () => null,
  account: () => undefined,
};

/**
 * Compiles a policy. Deny rules win; every destination needs an allow rule whose conditions all hold. Rules may state
 * ids or names. Names are looked up with `names` for each request, so that a rule may name what is created later.
 */
export function compilePolicy(document: PolicyDocument, names: SubjectNames = NO_NAMES): Policy {
  const rules = document.rules.map((rule) => compileRule(rule, names));
  const byAction = new Map<string, Indexed>();
  const findForbidden =
    document.parameters === undefined ? null : compileForbidden(document.parameters.forbid);
  const indexed = (intent: Intent): Indexed => {
    let found = byAction.get(intent.action);
    if (found === undefined) byAction.set(intent.action, (found = indexFor(document, rules, intent.action)));
    return found;
  };
  const judge = (question: Question): PolicyDecision => {
    const parameter = findForbidden?.(question.intent) ?? null;
    if (parameter !== null)
      return refuse('parameter_forbidden', 'policy:parameters', `The parameter ${parameter} is forbidden.`);
    const relevant = indexed(question.intent);
    const { denies } = relevant;
    const denied = findDeny(denies, question, false);
    if (denied !== null) return denied;
    const decision = cover(relevant, question);
    const observed = decision.ok ? findDeny(denies, question, true) : null;
    if (observed === null || observed.ok || !decision.ok) return decision;
    return { ...decision, observed: textOf(observed.refusal) };
  };
  return {
    document,
    limits: compileLimits(document.limits ?? [], names),
    decide(subject, intent, bound, now) {
      const decision = judge({ subject, intent, bound, now });
      return document.mode === 'enforce' ? decision : observe(decision);
    },
  };
}

interface Indexed {
  readonly denies: readonly CompiledRule[];
  readonly allows: readonly CompiledRule[];
  /** The allow rules that can cover a number, by its country. Countries come from the numbering plan alone. */
  readonly allowsByCountry: Map<string, readonly CompiledRule[]>;
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
    allowsByCountry: new Map(),
  };
}

/** The allow rules without those that name other countries than that of the place. */
function allowsFor({ allows, allowsByCountry }: Indexed, place: Destination | null): readonly CompiledRule[] {
  const country = place?.phone?.country;
  if (country === undefined || country === null) return allows;
  let found = allowsByCountry.get(country);
  if (found === undefined) {
    found = allows.filter(({ countries }) => countries === null || countries.has(country));
    allowsByCountry.set(country, found);
  }
  return found;
}

/** What a policy in observe mode makes of its decision. */
function observe(decision: PolicyDecision): PolicyDecision {
  if (decision.ok) return { ...decision, isObserving: true };
  const observed = textOf(decision.refusal);
  return { ok: true, rule: 'observe', callSeconds: DEFAULT_CALL_SECONDS, observed, isObserving: true };
}

function findDeny(
  denies: readonly CompiledRule[],
  question: Question,
  isObserved: boolean,
): PolicyDecision | null {
  const { subject, intent } = question;
  for (const rule of denies) {
    if (rule.isObserved !== isObserved || !rule.concerns(subject, intent)) continue;
    const { covers } = rule;
    const hit = covers === null ? null : placesOf(intent).find((one) => covers(one));
    if (covers !== null && hit === undefined) continue;
    if (rule.failure(question) !== null) continue;
    const where = hit === undefined || hit === null ? '' : ` to ${describe(hit)}`;
    return refuse('policy_denied', `rule:${rule.id}`, `rule:${rule.id} denies ${intent.action}${where}.`);
  }
  return null;
}

const NOWHERE: readonly (Destination | null)[] = [null];

function cover(indexed: Indexed, question: Question): PolicyDecision {
  const { intent } = question;
  const places = intent.destinations.length === 0 ? NOWHERE : intent.destinations;
  let callSeconds = Infinity;
  let used: CompiledRule | null = null;
  const holds = places.length > 1 ? remembered(question) : (rule: CompiledRule) => doesHold(rule, question);
  for (const place of places) {
    const found = allowsFor(indexed, place).find(
      (rule) => isPlaceCovered(rule, place, intent) && holds(rule),
    );
    if (found === undefined) return denial(indexed.allows, question, place);
    callSeconds = Math.min(callSeconds, found.callSeconds);
    used ??= found;
  }
  return { ok: true, rule: used?.id ?? '', callSeconds, observed: null, isObserving: false };
}

function doesHold(rule: CompiledRule, question: Question): boolean {
  return rule.concerns(question.subject, question.intent) && rule.failure(question) === null;
}

/** Asks each rule once: a thousand destinations ask it the same, and the answer may take reading a thousand callbacks. */
function remembered(question: Question): (rule: CompiledRule) => boolean {
  const known = new Map<CompiledRule, boolean>();
  return (rule) => {
    const held = known.get(rule) ?? doesHold(rule, question);
    known.set(rule, held);
    return held;
  };
}

/** An intent that goes nowhere is covered by a rule that names no destinations; a number to buy, by its country. */
function isPlaceCovered(rule: CompiledRule, place: Destination | null, intent: Intent): boolean {
  if (place === null) return rule.covers === null || placesOf(intent).some(rule.covers);
  if (rule.covers !== null && !rule.covers(place)) return false;
  const { phone } = place;
  if (phone === null) return true;
  if ((phone.premium && !rule.namesPremium) || (phone.satellite && !rule.namesSatellite)) return false;
  return phone.valid || rule.namesInvalid;
}

/** Why a rule does not cover a place, in words. */
function placeProblem(rule: CompiledRule, place: Destination | null): string {
  if (place === null) return 'it names destinations, and this has none';
  const { covers, namesPremium, namesSatellite } = rule;
  if (covers !== null && !covers(place)) return `${describe(place)} is not covered`;
  if (place.phone?.premium === true && !namesPremium) return `${describe(place)} is a premium number`;
  if (place.phone?.satellite === true && !namesSatellite) return `${describe(place)} is a satellite number`;
  return `${describe(place)} is not a valid number`;
}

/** Names the nearest rule: the first that speaks about such requests, and what of it does not hold. */
function denial(
  allows: readonly CompiledRule[],
  question: Question,
  place: Destination | null,
): PolicyDecision {
  const { subject, intent } = question;
  const concerned = allows.filter((rule) => rule.concerns(subject, intent));
  const covering = concerned.find((rule) => isPlaceCovered(rule, place, intent));
  const nearest = covering ?? concerned[0];
  if (nearest !== undefined) {
    const problem =
      covering === undefined
        ? placeProblem(nearest, place)
        : (nearest.failure(question) ?? 'it does not hold');
    return refuse('policy_denied', `rule:${nearest.id}`, `rule:${nearest.id}: ${problem}.`);
  }
  const where = place === null ? '' : ` to ${describe(place)}`;
  const effects = intent.effects.join(', ');
  const channels = channelsOf(intent);
  const how = channels.length > 1 ? ` by ${channels.join(' and ')}` : '';
  const what = `${intent.action} (${intent.operation}; ${effects})${how}`;
  return refuse('policy_denied', 'policy:default', `No rule allows ${what}${where}.`);
}

function describe({ address, phone, kind }: Destination): string {
  if (address === '') return phone?.country ?? kind;
  return `${maskAddress(address)} (${phone?.country ?? kind})`;
}

function compileLimits(limits: readonly PolicyLimit[], names: SubjectNames): readonly LimitRule[] {
  const own = limits.map((limit) => compileLimit(limit, names));
  const ids = new Set(own.map(({ id }) => id));
  return [...own, ...recipientGuards().filter(({ id }) => !ids.has(id))];
}

function compileLimit(
  { id, per, who, what, to, rate, burst, concurrency }: PolicyLimit,
  names: SubjectNames,
): LimitRule {
  const [count = '0', window = '1s'] = rate?.split('/') ?? [];
  const inWho = compileWho(who, names);
  const inWhat = compileWhat(what, names, false);
  const covers = compileTo(to, false);
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
      inWho(subject) && inWhat(subject, intent) && (covers === null || placesOf(intent).some(covers)),
  };
}
