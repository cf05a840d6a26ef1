import type { Intent } from '../intent/intent.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { AppRequest } from './app-request.ts';
import type { Permission } from './decide.ts';
import type { PipelineParts } from './parts.ts';
import type { LiveAccount } from './ports.ts';
import type { UpstreamResult } from './upstream.ts';

export type Outcome = UpstreamResult;

export interface Passage {
  readonly request: AppRequest;
  readonly wire: WireRequest;
  readonly account: LiveAccount;
  readonly intent: Intent;
  readonly permission: Permission;
}

/** Writes the caps into the request, gives it the real credential, and sends it once. */
export async function forward(
  parts: PipelineParts,
  { request, wire, account, permission }: Passage,
): Promise<Outcome> {
  const { vendor, operation, upload } = request;
  const seconds = permission.callSeconds;
  const capped =
    seconds !== null && operation !== null && vendor.limitCall !== undefined
      ? vendor.limitCall(operation, wire, seconds)
      : wire;
  const authorized = vendor.custody.authorize(capped, account.open, parts.clock.wall());
  parts.counters.forwarded += 1;
  const origin = account.upstream ?? `https://${request.host}`;
  const outcome = await parts.upstream.send(origin, account.id, authorized, upload);
  await parts.together();
  return outcome;
}
