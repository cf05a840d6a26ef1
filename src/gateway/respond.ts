import { RingfenceError } from '../kernel/errors.ts';
import { answerRefusal, answerVendor } from './answer.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import { countRefusal } from './counters.ts';
import type { PermittedRequest } from './decide.ts';
import type { Outcome } from './forward.ts';
import type { PipelineParts } from './parts.ts';
import { recordRefusal, untilDurable, type Completion, type RefusedRequest } from './record.ts';
import { unreachable } from './unreachable.ts';

/** Says no in the vendor's own format once the refusal is on disk. */
export async function refuseWith(parts: PipelineParts, refused: RefusedRequest): Promise<AppAnswer> {
  const { request, refusal } = refused;
  countRefusal(parts.counters, refusal.code);
  return answerRefusal(request, refusal, await recordRefusal(parts, refused));
}

type AnswerableOutcome = Exclude<Outcome, { readonly kind: 'withdrawn' | 'unsendable' }>;

/** Releases the answer to the app once the intent is on disk. */
export async function answerOutcome(
  parts: PipelineParts,
  permitted: PermittedRequest,
  { outcome, position, settled }: Completion & { readonly outcome: AnswerableOutcome },
): Promise<AppAnswer> {
  const { request, account } = permitted;
  let id: string;
  try {
    id = await untilDurable(parts, position);
  } catch (error) {
    if (outcome.kind === 'answered') outcome.rest?.destroy();
    throw error;
  }
  const answer =
    outcome.kind === 'answered'
      ? await answerVendor(parts.answers, permitted, outcome, `allowed; id=${id}`)
      : null;
  if (answer !== null) return settled.state === 'unknown' ? keptFromRetry(answer, request) : answer;
  const error = failureOf(outcome, account.upstream ?? `https://${request.host}`);
  const message = `${error.message}. ${error.hint}`;
  return answerRefusal(request, { code: error.code, rule: 'upstream', message }, id);
}

/** What may have been done must not be repeated by an SDK on its own: whether to send it again is the app's decision. */
function keptFromRetry(answer: AppAnswer, { vendor }: AppRequest): AppAnswer {
  return { ...answer, headers: { ...answer.headers, ...vendor.facts.noRetry } };
}

function failureOf(outcome: AnswerableOutcome, origin: string): RingfenceError {
  if (outcome.kind === 'answered') return new RingfenceError('answer_unreadable');
  const { kind, error } = outcome;
  if (error instanceof RingfenceError) return error;
  return kind === 'lost' ? new RingfenceError('upstream_unknown') : unreachable(origin, 'unreachable', error);
}
