import type { Refusal } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { pointId } from '../kernel/point.ts';
import type { Subject } from '../guard/subject.ts';
import type { AppRequest } from './app-request.ts';
import { countUnauthorized } from './counters.ts';
import type { PermittedRequest } from './decide.ts';
import { factsOf, fingerprintsOf } from './facts.ts';
import type { Outcome } from './forward.ts';
import type { PipelineParts } from './parts.ts';
import type { Settled } from './settle.ts';

/** Effects that cannot be taken back: their record is on disk before the request leaves. */
const IRREVERSIBLE = new Set(['buy', 'credential', 'admin']);

export interface RefusedRequest {
  readonly request: AppRequest;
  readonly refusal: Refusal;
  readonly subject: Subject;
  readonly intent: Intent | null;
  readonly at: number;
}

/** Journals a refusal. Resolves to the decision's id once it is on disk; to null when the journal takes no records. */
export async function recordRefusal(parts: PipelineParts, refused: RefusedRequest): Promise<string | null> {
  const { request, refusal, subject, intent, at } = refused;
  const operation = request.operation?.id ?? 'unknown';
  const facts = factsOf('refusal', { subject, operation, intent, at });
  const { code, rule, message } = refusal;
  if (!parts.journal.accepts()) return null;
  return untilDurable(parts, parts.journal.append({ ...facts, code, rule, message }));
}

/**
 * Writes the intent before the request leaves, and returns its position. Throws `journal_unavailable` when it cannot; its
 * money stays reserved.
 */
export async function recordIntent(
  parts: PipelineParts,
  { request, subject, intent, at, permission }: PermittedRequest,
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
      await untilDurable(parts, position);
    return position;
  } catch (error) {
    permission.admission.release();
    throw error;
  }
}

/** What became of a permitted request. */
export interface Completion {
  /** Position of its intent in the journal. */
  readonly position: number;
  readonly outcome: Outcome;
  readonly settled: Settled;
}

/** Appends what became of an intent. The record follows with the next group sync. */
export function recordOutcome(
  parts: PipelineParts,
  permitted: PermittedRequest,
  completion: Completion,
): void {
  const { position, settled, outcome } = completion;
  const { costs, state, amount, isFinal, spent, resourceIds } = settled;
  const status = outcome.kind === 'answered' ? outcome.status : 0;
  if (status === 401) countUnauthorized(parts.counters, permitted.account.id);
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
  recordExcess(parts, permitted, settled);
}

/** A cost above the bound: the bound was wrong, and a person must see it. The outcome, which matters more, is written first. */
function recordExcess(
  { journal, clock }: PipelineParts,
  { intent, permission: { bound } }: PermittedRequest,
  { amount }: Settled,
): void {
  if (bound === null || amount <= bound.money.amount) return;
  const detail = { operation: intent.operation, bound: bound.money.amount, amount };
  journal.append({ type: 'incident', at: clock.wall(), what: 'cost-above-bound', detail });
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

/** Resolves once a power cut cannot lose the record, to the id by which a person finds the decision in the journal. */
export function untilDurable({ journal }: PipelineParts, position: number): Promise<string> {
  const id = pointId({ node: journal.node, epoch: journal.epoch, position });
  return new Promise((resolve, reject) => {
    journal.onDurable(position, (error) => (error === null ? resolve(id) : reject(unavailable(error))));
  });
}

function unavailable(cause: Error): RingfenceError {
  return new RingfenceError('journal_unavailable', undefined, { cause });
}
