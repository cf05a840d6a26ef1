import type { Intent } from '../../intent/intent.ts';
import { formatMicros, micros } from '../../kernel/money.ts';
import { normalisePhone } from '../../kernel/phone.ts';
import type { Bound, Subject, SubjectNames } from '../subject.ts';
import { compileTo, type DestinationTest } from './destination-selector.ts';
import { compileForbidden } from './parameters.ts';
import { compileSchedule } from './schedule.ts';
import type { PolicyRule } from './schema.ts';
import {
  compileAllowedEffects,
  compileDeniedEffects,
  compileWhat,
  compileWho,
  setOf,
  type IntentTest,
} from './selector.ts';
import { readMoney, readSeconds } from './values.ts';

export interface Question {
  readonly subject: Subject;
  readonly intent: Intent;
  readonly bound: Bound | null;
  /** Wall ms. */
  readonly now: number;
}

/** A rule as closures. */
export interface CompiledRule {
  readonly id: string;
  readonly isAllow: boolean;
  readonly isObserved: boolean;
  /** Who and what: does the rule speak about this request at all? */
  readonly concerns: IntentTest;
  /** Destinations that the rule covers; null: it says nothing about them. */
  readonly covers: DestinationTest | null;
  /** The only countries in which it covers numbers; null: it names none. */
  readonly countries: ReadonlySet<string> | null;
  /** The first condition that does not hold, in words; null when all hold. */
  failure(question: Question): string | null;
  readonly callSeconds: number;
  readonly namesPremium: boolean;
  readonly namesSatellite: boolean;
  readonly namesInvalid: boolean;
}

/** A call that states no length, or whose rule does not, is priced as one of an hour, and ended then. */
export const DEFAULT_CALL_SECONDS = 3600;

/** Turns a rule into closures, once for each change of the policy. */
export function compileRule(rule: PolicyRule, names: SubjectNames): CompiledRule {
  const isAllow = rule.effect === 'allow';
  const who = compileWho(rule.who, names);
  const what = compileWhat(rule.what, names, isAllow);
  const effects = isAllow ? compileAllowedEffects(rule.what) : compileDeniedEffects(rule.what);
  const conditions = compileConditions(rule);
  return {
    id: rule.id,
    isAllow,
    isObserved: rule.mode === 'observe',
    concerns: (subject, intent) => what(subject, intent) && effects(intent) && who(subject),
    covers: compileTo(rule.to, isAllow),
    countries: setOf(rule.to?.countries),
    failure(question) {
      for (const condition of conditions) {
        const problem = condition(question);
        if (problem !== null) return problem;
      }
      return null;
    },
    callSeconds:
      rule.limits?.maxCallDuration === undefined
        ? DEFAULT_CALL_SECONDS
        : readSeconds(rule.limits.maxCallDuration),
    namesPremium: rule.to?.premium === true || rule.to?.numbers !== undefined,
    namesSatellite: rule.to?.satellite === true || rule.to?.numbers !== undefined,
    namesInvalid: rule.to?.invalid === true || rule.to?.numbers !== undefined,
  };
}

type Condition = (question: Question) => string | null;

function compileConditions(rule: PolicyRule): readonly Condition[] {
  const conditions: (Condition | null)[] = [
    senderCondition(rule.from?.senders, rule.effect === 'allow'),
    scheduleCondition(rule.when, rule.effect === 'allow'),
    ...limitConditions(rule.limits),
    parameterCondition(rule.parameters?.forbid),
    callbackCondition(rule.callbacks?.hosts),
  ];
  return conditions.filter((one) => one !== null);
}

/** Whom an allow rule names must be all that recipients may see; a deny rule hits any of them. */
function senderCondition(senders: readonly string[] | undefined, isAllow: boolean): Condition | null {
  if (senders === undefined) return null;
  const named = new Set(senders.map(asSender));
  const isNamed = (sender: string): boolean => named.has(asSender(sender));
  return ({ intent: { sender, furtherSenders = [] } }) => {
    const first = sender !== null && isNamed(sender);
    const holds = isAllow ? first && furtherSenders.every(isNamed) : first || furtherSenders.some(isNamed);
    return holds ? null : 'the sender is not one of those named';
  };
}

/** Vendors take a number in many forms: a rule means all of them. Names stay as they are. */
function asSender(text: string): string {
  return normalisePhone(text, { international: true }) ?? text;
}

const A_TIME = '2026-01-31T08:00:00Z';

/** What is to be done later must be allowed now and then; a deny rule hits both, and what nobody can tell the time of. */
function scheduleCondition(when: PolicyRule['when'], isAllow: boolean): Condition | null {
  const isOn = compileSchedule(when);
  if (isOn === null) return null;
  const hours = [when?.days?.join(', '), when?.hours, when?.timezone ?? 'UTC'].filter(Boolean).join(' ');
  return ({ now, intent: { doneAt = now } }) => {
    if (doneAt === null) return isAllow ? `only allowed at ${hours}, for a time such as ${A_TIME}` : null;
    const holds = isAllow ? isOn(now) && isOn(doneAt) : isOn(now) || isOn(doneAt);
    return holds ? null : `only allowed at ${hours}`;
  };
}

function limitConditions(limits: PolicyRule['limits']): readonly (Condition | null)[] {
  if (limits === undefined) return [];
  const { maxSegments, maxMedia, maxRecipients, maxPrice } = limits;
  return [
    maxSegments === undefined
      ? null
      : ({ intent }) => atMost('segments', intent.content?.segments ?? 0, maxSegments),
    maxMedia === undefined ? null : ({ intent }) => atMost('media', intent.content?.media ?? 0, maxMedia),
    maxRecipients === undefined
      ? null
      : ({ intent }) => atMost('recipients', intent.destinations.length, maxRecipients),
    maxPrice === undefined ? null : priceCondition(maxPrice),
  ];
}

function atMost(what: string, count: number, most: number): string | null {
  return count <= most ? null : `${count} ${what}, at most ${most} allowed`;
}

function priceCondition(text: string): Condition {
  const most = readMoney(text);
  return ({ bound }) => {
    if (bound === null || most === null) return null;
    const { amount, currency } = bound.money;
    if (currency !== most.currency) return `the price is in ${currency}, the limit in ${most.currency}`;
    return amount <= most.amount
      ? null
      : `it may cost ${formatMicros(amount)} ${currency}, at most ${formatMicros(micros(most.amount))} allowed`;
  };
}

function parameterCondition(forbidden: readonly string[] | undefined): Condition | null {
  if (forbidden === undefined) return null;
  const find = compileForbidden(forbidden);
  return ({ intent }) => {
    const found = find(intent);
    return found === null ? null : `the parameter ${found} is forbidden`;
  };
}

function callbackCondition(hosts: readonly string[] | undefined): Condition | null {
  if (hosts === undefined) return null;
  const allowed = new Set(hosts.map((host) => host.toLowerCase()));
  return ({ intent }) => {
    const foreign = intent.callbacks.find((url) => !allowed.has(hostOf(url)));
    return foreign === undefined ? null : `the callback host ${hostOf(foreign) || '?'} is not allowed`;
  };
}

/** Empty for what two readers could take for two hosts: to some, `https://a\@b` is at `a`, to others at `b`. */
function hostOf(url: string): string {
  return /[\\\s\p{Cc}]/u.test(url) || !URL.canParse(url) ? '' : new URL(url).hostname;
}
