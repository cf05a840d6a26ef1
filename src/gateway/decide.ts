import { next, refuse, textOf, type Step } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { Reservation } from '../guard/budgets/claims.ts';
import type { Admission } from '../guard/limits/limits.ts';
import { DEFAULT_CALL_SECONDS } from '../guard/policy/rule.ts';
import type { Bound, Subject } from '../guard/subject.ts';
import type { BackwardTranslation } from '../vendors/translation.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { AppRequest } from './app-request.ts';
import type { LiveAccount, PipelineParts } from './parts.ts';

/** What was granted: kept until the outcome is known. */
export interface Permission {
  readonly rule: string;
  /** Seconds to which a call is limited; null for everything else. */
  readonly callSeconds: number | null;
  readonly observed: string | null;
  readonly admission: Admission;
  readonly bound: Bound | null;
  readonly reservation: Reservation | null;
}

/** A request that may be sent, and all that is known of it. */
export interface PermittedRequest {
  readonly request: AppRequest;
  readonly wire: WireRequest;
  readonly backward: BackwardTranslation | null;
  readonly account: LiveAccount;
  readonly subject: Subject;
  readonly intent: Intent;
  /** Wall ms at which it arrived. */
  readonly at: number;
  readonly permission: Permission;
}

export interface Question {
  readonly subject: Subject;
  readonly intent: Intent;
  readonly at: number;
}

/** Something other than a call that is priced by the minute: when its adapter states no limit, a day is assumed. */
const A_DAY = 86_400;

/** May it happen, and what can it cost at most? Kill switch, price, policy, limits, budgets, in this order. */
export function decide(
  parts: PipelineParts,
  question: Question,
): Step<Permission> | Promise<Step<Permission>> {
  const { subject, intent } = question;
  const killed = parts.kills.check(subject, intent);
  if (killed !== null) return killed;
  const judged = judge(parts, question);
  if (!judged.ok) return judged;
  const granted = judged.value;
  if (granted.bound !== null && !parts.journal.accepts())
    return refuse(
      'journal_unavailable',
      'journal',
      'The journal takes no new records, so nothing may be spent.',
    );
  const admission = parts.limits.admit(subject, intent);
  if (!(admission instanceof Promise)) return reserve(parts, question, granted, admission);
  return admission.then((admitted) => reserve(parts, question, granted, admitted));
}

type Granted = Omit<Permission, 'reservation' | 'admission'>;

/** What it can cost, and whether the policy allows that. */
function judge(parts: PipelineParts, question: Question): Step<Granted> {
  const { intent } = question;
  return judgeFor(
    parts,
    question,
    isCall(intent) ? secondsFor(parts, question) : (intent.callSeconds ?? A_DAY),
  );
}

function isCall({ action }: Intent): boolean {
  return action === 'call.create' || action === 'call.modify';
}

/** A rule that asks for a shorter call than was priced gets it: that is cheaper, too. */
function judgeFor(parts: PipelineParts, question: Question, seconds: number): Step<Granted> {
  const { subject, intent, at } = question;
  const priced = parts.prices.bound(intent, subject, seconds, at);
  if (!priced.ok) return priced;
  const policy = parts.policy.decide(subject, intent, priced.value, at);
  if (!policy.ok) return policy;
  const { rule, observed } = policy;
  const granted = { rule, callSeconds: isCall(intent) ? seconds : null, observed, bound: priced.value };
  if (!isCall(intent) || policy.callSeconds >= seconds) return next(granted);
  if (intent.fixedSeconds !== true) return judgeFor(parts, question, policy.callSeconds);
  const tooLong = refuse('policy_denied', `rule:${rule}`, TOO_LONG);
  return policy.isObserving ? next({ ...granted, observed: observed ?? textOf(tooLong.refusal) }) : tooLong;
}

const TOO_LONG = 'The call lasts longer than the rule allows, and nothing can shorten it.';

/** How long the call may last: what was asked, clamped by the rules that allow it. The price depends on it. */
function secondsFor(parts: PipelineParts, { subject, intent, at }: Question): number {
  const asked = intent.callSeconds ?? DEFAULT_CALL_SECONDS;
  if (intent.fixedSeconds === true) return asked;
  const policy = parts.policy.decide(subject, intent, null, at);
  return policy.ok ? Math.min(asked, policy.callSeconds) : asked;
}

function reserve(
  parts: PipelineParts,
  { subject, intent }: Question,
  granted: Granted,
  admitted: Step<Admission>,
): Step<Permission> | Promise<Step<Permission>> {
  if (!admitted.ok) return admitted;
  const { bound } = granted;
  const admission = admitted.value;
  if (bound === null) return next({ ...granted, admission, reservation: null });
  const finish = (step: Step<Reservation>): Step<Permission> => {
    if (step.ok) return next({ ...granted, admission, reservation: step.value });
    admission.release();
    return step;
  };
  const reserved = parts.budgets.reserve(subject, intent, bound);
  return reserved instanceof Promise ? reserved.then(finish) : finish(reserved);
}
