import { pointId } from '../kernel/point.ts';
import type { Refusal } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { Money } from '../kernel/money.ts';
import type { Subject } from '../guard/subject.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import { answerRefusal, answerVendor } from './answer.ts';
import { countRefusal, countUnauthorized } from './counters.ts';
import type { Permission } from './decide.ts';
import { factsOf, fingerprintsOf } from './facts.ts';
import type { Outcome } from './forward.ts';
import type { LiveAccount, PipelineParts } from './parts.ts';
import type { Settled } from './settle.ts';
import { unreachable } from './unreachable.ts';

/** Effects that cannot be taken back: their record is on disk before the request leaves. */
const IRREVERSIBLE = new Set(['buy', 'credential', 'admin']);

export interface RefusedRequest {
  readonly request: AppRequest;
  readonly refusal: Refusal;
  readonly subject: Subject;
  readonly intent: Intent | null;
  readonly at: number;
}

/** Journals a refusal and says no in the vendor's own format. */
export async function refuseWith(parts: PipelineParts, refused: RefusedRequest): Promise<AppAnswer> {
  const { request, refusal, subject, intent, at } = refused;
  countRefusal(parts.counters, refusal.code);
  const operation = request.operation?.id ?? 'unknown';
  const facts = factsOf('refusal', { subject, operation, intent, at });
  const { code, rule, message } = refusal;
  if (!parts.journal.accepts()) return answerRefusal(request, refusal, null);
  const position = parts.journal.append({ ...facts, code, rule, message });
  await durable(parts, position);
  return answerRefusal(request, refusal, decisionId(parts, position));
}

export interface Permitted {
  readonly request: AppRequest;
  readonly subject: Subject;
  readonly intent: Intent;
  readonly at: number;
  readonly permission: Permission;
}

/** Writes the intent before the request leaves. Throws `journal_unavailable` when it cannot; its money stays reserved. */
export async function recordIntent(
  parts: PipelineParts,
  { request, subject, intent, at, permission }: Permitted,
): Promise<number> {
  const { bound, reservation, rule, observed } = permission;
  const facts = factsOf('intent', { subject, operation: intent.operation, intent, at });
  try {
    const record = {
      ...facts,
      rule,
      bound: bound?.money.amount ?? null,
      currency: bound?.money.currency ?? null,
      reserves: reservation?.reserves ?? [],
      fingerprints: bound === null ? [] : fingerprintsOf(intent, parts.fingerprint),
    };
    const position = await written(parts, observed === null ? record : { ...record, observed });
    if (request.operation?.effects.some((effect) => IRREVERSIBLE.has(effect)) === true)
      await durable(parts, position);
    return position;
  } catch (error) {
    permission.admission.release();
    throw error;
  }
}

export interface Ended {
  readonly position: number;
  readonly settled: Settled;
  readonly outcome: Outcome;
  readonly account: string;
  readonly operation: string;
  /** Null where nothing is charged. */
  readonly bound: Money | null;
}

/** Appends what became of an intent. The record follows with the next group sync. */
export function recordOutcome(parts: PipelineParts, ended: Ended): void {
  const { position, settled, outcome, account } = ended;
  const { costs, state, amount, isFinal, spent, resourceIds } = settled;
  const status = outcome.kind === 'answered' ? outcome.status : 0;
  if (status === 401) countUnauthorized(parts.counters, account);
  parts.journal.append({
    type: 'outcome',
    at: parts.clock.wall(),
    of: position,
    status,
    costs,
    state,
    amount,
    settled: isFinal,
    spent,
    resourceIds,
  });
  recordExcess(parts, ended);
}

/** The bound was wrong: that is for people. It comes after the outcome, which counts also where this cannot be written. */
function recordExcess({ journal, clock }: PipelineParts, { settled, operation, bound }: Ended): void {
  if (bound === null || settled.amount <= bound.amount) return;
  const detail = { operation, bound: bound.amount, amount: settled.amount };
  journal.append({ type: 'incident', at: clock.wall(), what: 'cost-above-bound', detail });
}

export interface Answered {
  readonly request: AppRequest;
  readonly account: LiveAccount;
  readonly outcome: Exclude<Outcome, { readonly kind: 'withdrawn' | 'unsendable' }>;
  readonly position: number;
  readonly settled: Settled;
}

/** Releases the answer to the app once the intent is on disk. */
export async function answerOutcome(
  parts: PipelineParts,
  { request, account, outcome, position, settled }: Answered,
): Promise<AppAnswer> {
  const id = decisionId(parts, position);
  try {
    await durable(parts, position);
  } catch (error) {
    if (outcome.kind === 'answered') outcome.rest?.destroy();
    throw error;
  }
  if (outcome.kind === 'answered') {
    const answer = await answerVendor(request, account, outcome, `allowed; id=${id}`);
    return settled.state === 'unknown' ? keptFromRetry(answer, request) : answer;
  }
  const error = failureOf(outcome, account.upstream ?? `https://${request.host}`);
  const message = `${error.message}. ${error.hint}`;
  return answerRefusal(request, { code: error.code, rule: 'upstream', message }, id);
}

/** What may have been done is not to be done again by an SDK that nobody asked: that is the app's to decide. */
function keptFromRetry(answer: AppAnswer, { vendor }: AppRequest): AppAnswer {
  return { ...answer, headers: { ...answer.headers, ...vendor.facts.noRetry } };
}

function failureOf({ kind, error }: Exclude<Outcome, { kind: 'answered' }>, origin: string): RingfenceError {
  if (error instanceof RingfenceError) return error;
  return kind === 'lost' ? new RingfenceError('upstream_unknown') : unreachable(origin, 'unreachable', error);
}

/** Coordinates of a journal record, by which a person finds the decision. */
function decisionId({ journal }: PipelineParts, position: number): string {
  return pointId({ node: journal.node, epoch: journal.epoch, position });
}

function written(
  parts: PipelineParts,
  record: Parameters<PipelineParts['journal']['append']>[0],
): Promise<number> {
  return new Promise((resolve, reject) => {
    const position = parts.journal.append(record, (error) =>
      error === null ? resolve(position) : reject(unavailable(error)),
    );
  });
}

function durable(parts: PipelineParts, position: number): Promise<void> {
  return new Promise((resolve, reject) => {
    parts.journal.onDurable(position, (error) => (error === null ? resolve() : reject(unavailable(error))));
  });
}

function unavailable(cause: Error): RingfenceError {
  return new RingfenceError('journal_unavailable', undefined, { cause });
}
