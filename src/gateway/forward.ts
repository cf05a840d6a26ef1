import type { Refused } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { Subject } from '../guard/subject.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { AppRequest } from './app-request.ts';
import { originOf } from './authenticate.ts';
import type { Permission } from './decide.ts';
import type { LiveAccount, PipelineParts } from './parts.ts';
import type { UpstreamResult } from './collector.ts';

/** An answer, and the token that was signed for its request, which is as good as the credential while it lives. */
export type Answered = Extract<UpstreamResult, { kind: 'answered' }> & { readonly token: string | null };

/** `unsendable`: a fault of ours kept the request from being made ready; nothing was sent. */
export type Outcome =
  | Answered
  | Exclude<UpstreamResult, { kind: 'answered' }>
  | { readonly kind: 'unsendable'; readonly error: unknown };

const SIGNED = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/;

export interface Passage {
  readonly request: AppRequest;
  readonly wire: WireRequest;
  readonly account: LiveAccount;
  readonly subject: Subject;
  readonly intent: Intent;
  readonly permission: Permission;
}

/** Writes the caps into the request, gives it the real credential, and sends it once, unless that was forbidden meanwhile. */
export async function forward(
  parts: PipelineParts,
  { request, wire, account, subject, intent, permission }: Passage,
): Promise<Outcome> {
  const { upload } = request;
  let authorized: WireRequest;
  try {
    authorized = authorize(parts, { request, wire, account, permission });
  } catch (error) {
    return { kind: 'unsendable', error };
  }
  const origin = account.upstream ?? `https://${request.host}`;
  const withdrawn = (): Refused | null => withdrawnSince(parts, request, { subject, intent });
  const outcome = await parts.upstream.send(origin, account.id, authorized, { upload, withdrawn });
  await parts.together();
  if (outcome.kind === 'answered' || outcome.kind === 'lost') parts.counters.forwarded += 1;
  if (outcome.kind !== 'answered') return outcome;
  return { ...outcome, token: SIGNED.exec(authorized.headers['authorization'] ?? '')?.[1] ?? null };
}

/** Whoever waited, for money, the disk or a connection, may have been stopped since: the last moment counts. */
function withdrawnSince(
  { keys, kills, clock }: PipelineParts,
  request: AppRequest,
  { subject, intent }: Pick<Passage, 'subject' | 'intent'>,
): Refused | null {
  return keys.check(subject.key, originOf(request, clock)) ?? kills.check(subject, intent);
}

function authorize(
  { clock }: PipelineParts,
  { request, wire, account, permission }: Pick<Passage, 'request' | 'wire' | 'account' | 'permission'>,
): WireRequest {
  const { vendor, operation } = request;
  const capped =
    operation === null ? wire : (vendor.limit?.(operation, wire, permission.callSeconds) ?? wire);
  return vendor.custody.authorize(capped, account.open, clock.wall());
}
