import { refuse, type Refused } from '../intent/decision.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { WireRequest } from '../vendors/wire.ts';
import { originOf } from './authenticate.ts';
import type { PermittedRequest } from './decide.ts';
import type { PipelineParts } from './parts.ts';
import type { UpstreamResult } from './collector.ts';

/** An answer, and the token that was signed for its request: a secret like the credential, until it expires. */
export type Answered = Extract<UpstreamResult, { kind: 'answered' }> & { readonly token: string | null };

/** What came of a permitted request. `unsendable`: a fault of ours while it was prepared; nothing was sent. */
export type Outcome =
  | Answered
  | Exclude<UpstreamResult, { kind: 'answered' }>
  | { readonly kind: 'unsendable'; readonly error: unknown };

const SIGNED = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/;

/** Writes the caps into the request, gives it the real credential, and sends it once, unless that was forbidden meanwhile. */
export async function forward(parts: PipelineParts, permitted: PermittedRequest): Promise<Outcome> {
  const { request, account } = permitted;
  let authorized: WireRequest;
  try {
    authorized = authorize(parts, permitted);
  } catch (error) {
    return { kind: 'unsendable', error };
  }
  const origin = account.upstream ?? `https://${request.host}`;
  const withdrawn = (): Refused | null => withdrawnSince(parts, permitted);
  const sending = { upload: request.upload, withdrawn };
  const outcome = await parts.upstream.send(origin, account.id, authorized, sending);
  await parts.endOfTurn();
  if (outcome.kind === 'answered' || outcome.kind === 'lost') parts.counters.forwarded += 1;
  if (outcome.kind !== 'answered') return outcome;
  return { ...outcome, token: SIGNED.exec(authorized.headers['authorization'] ?? '')?.[1] ?? null };
}

/**
 * While a request waited for money, the disk or a connection, its key may have been revoked or a kill switch put on, or so many
 * large answers have come that there is no room for its own. What spends leaves all the same: its answer is small, and a flood of
 * lists must not keep messages back.
 */
function withdrawnSince(
  { keys, kills, clock, answers }: PipelineParts,
  { request, subject, intent, permission }: PermittedRequest,
): Refused | null {
  const stopped = keys.check(subject.key, originOf(request, clock)) ?? kills.check(subject, intent);
  if (stopped !== null || permission.bound !== null || !answers.gathering.isFull()) return stopped;
  const { message, hint } = new RingfenceError('overloaded');
  return refuse('overloaded', 'gateway', `${message}. ${hint}`);
}

function authorize(
  { clock }: PipelineParts,
  { request, wire, account, permission }: PermittedRequest,
): WireRequest {
  const { vendor, operation } = request;
  const capped =
    operation === null ? wire : (vendor.limit?.(operation, wire, permission.callSeconds) ?? wire);
  return vendor.custody.authorize(capped, account.open, clock.wall());
}
