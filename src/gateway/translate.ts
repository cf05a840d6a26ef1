import { next, refuse, type Step } from '../intent/decision.ts';
import type { BackwardTranslation, TranslationAdapter } from '../vendors/translation.ts';
import type { Operation, WireRequest } from '../vendors/wire.ts';
import type { AppRequest } from './app-request.ts';

export interface Translated {
  readonly wire: WireRequest;
  /** Null: the answer goes back as it comes. */
  readonly backward: BackwardTranslation | null;
}

/** Second step: brings the body into the encoding that the vendor's adapter reads. Most requests have it already. */
export function translate(
  { vendor: { translation }, operation }: AppRequest,
  wire: WireRequest,
): Step<Translated> | Promise<Step<Translated>> {
  const applies = operation !== null && translation?.applies(wire) === true;
  return applies ? translateWith(translation, operation, wire) : next({ wire, backward: null });
}

async function translateWith(
  translation: TranslationAdapter,
  operation: Operation,
  wire: WireRequest,
): Promise<Step<Translated>> {
  const result = await translation.translate(operation, wire);
  return result.kind === 'malformed'
    ? refuse('intent_unreadable', `operation:${operation.id}`, result.problem)
    : next({ wire: result.request, backward: result.backward });
}
