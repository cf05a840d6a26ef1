import { next, refuse, type Refused, type Step } from '../intent/decision.ts';
import type { RequestOrigin } from '../custody/key-entry.ts';
import type { TokenClaims } from '../custody/token-cache.ts';
import type { Subject } from '../guard/subject.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { AppRequest } from './app-request.ts';
import type { LiveAccount, PipelineParts } from './parts.ts';

/** Who sends the request, proven. */
export interface Sender {
  readonly subject: Subject;
  readonly account: LiveAccount;
  readonly claims: TokenClaims | null;
}

/** First step: which virtual key does the request carry, and may that key be used here and now? */
export function authenticate(parts: PipelineParts, request: AppRequest, wire: WireRequest): Step<Sender> {
  const presented = request.vendor.custody.read(wire);
  const key = parts.keys.authenticate(presented, originOf(request, parts.clock));
  if (!key.ok) {
    parts.onUnusableKey(wire, {
      at: parts.clock.wall(),
      address: request.address,
      vendor: request.vendor.id,
    });
    return explained(key, request, wire);
  }
  const { id, app, account: accountId, vendor, claims } = key.value;
  const account = parts.accounts.get(accountId);
  if (account === undefined)
    return refuse(
      'key_invalid',
      `key:${id}`,
      'The vendor account of this key does not exist, or cannot be opened.',
    );
  return next({
    subject: { key: id, app, account: accountId, vendor, network: request.address },
    account,
    claims,
  });
}

/** Where and when a key is used. */
export function originOf({ vendor, address }: AppRequest, clock: PipelineParts['clock']): RequestOrigin {
  return { vendor: vendor.id, address, wall: clock.wall(), ledger: clock.ledger() };
}

/** Some vendors have ways to authenticate that the gateway cannot offer; their adapter says so. */
function explained(refused: Refused, { vendor }: AppRequest, wire: WireRequest): Refused {
  const reason = refused.refusal.code === 'key_missing' ? vendor.custody.explainMissing?.(wire) : null;
  if (reason === null || reason === undefined) return refused;
  return refuse('key_missing', refused.refusal.rule, reason);
}
