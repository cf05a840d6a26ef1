import type { Refused, Step } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { Subject } from '../guard/subject.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import { authenticate, type Sender } from './authenticate.ts';
import { decide, type Permission, type PermittedRequest } from './decide.ts';
import { forward, type Outcome } from './forward.ts';
import { unknownSubject } from './facts.ts';
import { interpret, toWire } from './interpret.ts';
import { recordIntent, recordOutcome } from './record.ts';
import { answerOutcome, refuseWith } from './respond.ts';
import type { PipelineParts } from './parts.ts';
import { settle } from './settle.ts';
import { translate, type Translated } from './translate.ts';

/**
 * The path of a request: authenticate → translate → interpret → decide → record → forward → settle → record → respond. Each step is
 * one file; a step that says no gives a refusal, and every refusal is journaled and answered in the vendor's own format.
 *
 * A step that rarely waits returns a promise only when it does, and is awaited only then: this is the hot path, and every
 * `await` costs CPU.
 */
export function createPipeline(parts: PipelineParts): (request: AppRequest) => Promise<AppAnswer> {
  return async function pipeline(request) {
    const at = parts.clock.wall();
    const received = toWire(request);
    const refused = ({ refusal }: Refused, subject: Subject, intent: Intent | null = null) =>
      refuseWith(parts, { request, refusal, subject, at, intent });

    const sender: Step<Sender> = authenticate(parts, request, received);
    if (!sender.ok) return refused(sender, unknownSubject(request.address, request.vendor.id));
    const { subject, account, claims } = sender.value;

    const translating = translate(request, received);
    const translated: Step<Translated> = translating instanceof Promise ? await translating : translating;
    if (!translated.ok) return refused(translated, subject);
    const { wire, backward } = translated.value;

    const reading = interpret({ request, wire, account, claims }, parts.plan);
    if (!reading.ok) return refused(reading, subject);
    const intent = reading.value;

    const decided = decide(parts, { subject, intent, at });
    const permission: Step<Permission> = decided instanceof Promise ? await decided : decided;
    if (!permission.ok) return refused(permission, subject, intent);

    const permitted: PermittedRequest = {
      request,
      wire,
      backward,
      account,
      subject,
      intent,
      at,
      permission: permission.value,
    };
    const position = await recordIntent(parts, permitted);
    const outcome: Outcome = await forward(parts, permitted);
    const settled = settle(parts, permitted, outcome);
    recordOutcome(parts, permitted, { position, outcome, settled });
    if (outcome.kind === 'unsendable') throw outcome.error;
    if (outcome.kind === 'withdrawn') return refused(outcome.refused, subject, intent);
    return answerOutcome(parts, permitted, { position, outcome, settled });
  };
}
