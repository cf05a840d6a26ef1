import type { Refusal } from '../../intent/decision.ts';
import { type ErrorCode, ERRORS } from '../../kernel/errors.ts';
import { jsonAnswer } from '../shared/json-answer.ts';
import type { WireRequest, WireResponse } from '../wire.ts';

/** The vendor's dictionary: https://www.twilio.com/docs/api/errors */
const PERMISSION_DENIED = 20003;
const INVALID_PARAMETER = 20422;
const NOT_FOUND = 20404;
const CONFLICT = 20409;
const TOO_LARGE = 20413;
const TOO_MANY = 20429;
const MESSAGE_REGION = 21408;
const CALL_REGION = 21215;
const VERIFICATION_BLOCKED = 60605;

const ANSWERS: Partial<Record<ErrorCode, readonly [status: number, code: number]>> = {
  request_too_large: [413, TOO_LARGE],
  not_found: [404, NOT_FOUND],
  upstream_unknown: [409, CONFLICT],
};

/**
 * Says no in the vendor's shape, always 4xx: SDKs raise their own exception, and none of them sends again
 * (`autoRetry` of the Node SDK repeats a 429, which was not forwarded).
 */
export function refuse(
  { code, rule, message }: Refusal,
  request: Pick<WireRequest, 'method' | 'host' | 'path'>,
): WireResponse {
  const [status, vendorCode] = ANSWERS[code] ?? byCategory(code, request.path);
  return jsonAnswer(status, {
    code: vendorCode,
    message: `${message} (Ringfence ${code}, ${rule})`,
    more_info: `https://www.twilio.com/docs/errors/${vendorCode}`,
    status,
  });
}

function byCategory(code: ErrorCode, path: string): readonly [status: number, code: number] {
  const { category, status } = ERRORS[code];
  if (category === 'unauthenticated') return [401, PERMISSION_DENIED];
  if (category === 'limited' || category === 'unavailable') return [429, TOO_MANY];
  if (category === 'caller') return [status < 500 ? status : 400, INVALID_PARAMETER];
  if (code === 'policy_denied') return [403, deniedCode(path)];
  return [403, PERMISSION_DENIED];
}

/** Apps know these codes as "not allowed to send there", which is what a policy says most of the time. */
function deniedCode(path: string): number {
  if (path.endsWith('/Messages.json')) return MESSAGE_REGION;
  if (path.endsWith('/Calls.json') || path.endsWith('/Participants.json')) return CALL_REGION;
  return path.endsWith('/Verifications') ? VERIFICATION_BLOCKED : PERMISSION_DENIED;
}
