import type { Refusal } from '../../intent/decision.ts';
import { type Category, ERRORS } from '../../kernel/errors.ts';
import { jsonAnswer } from '../shared/json-answer.ts';
import type { WireRequest, WireResponse } from '../wire.ts';

/** Codes of the SMS API, whose refusals are HTTP 200: throttled, invalid parameter, credentials, barred. */
const SMS_STATUS: Readonly<Record<Category, string>> = {
  caller: '3',
  unauthenticated: '4',
  denied: '8',
  limited: '1',
  upstream: '8',
  unavailable: '1',
  internal: '8',
};
/** The vendor's code for "quota exceeded", for a budget that is used up. */
const QUOTA = '9';

/** Says no as the API that was asked would say it, so that the SDK raises its own exception. Never a 5xx. */
export function refuse(
  refusal: Refusal,
  { host, path }: Pick<WireRequest, 'method' | 'host' | 'path'>,
): WireResponse {
  const { category, title } = ERRORS[refusal.code];
  const status = statusOf(refusal);
  const text = `${refusal.message} (${refusal.code}, ${refusal.rule})`;
  if (path.startsWith('/sms/')) return jsonAnswer(200, smsDocument(smsStatus(refusal), text));
  if (/^\/verify\/(json|psd2|check|control|search)/.test(path))
    return jsonAnswer(200, { status: smsStatus(refusal), error_text: text });
  if (path.startsWith('/ni/'))
    return jsonAnswer(200, { status: niStatus(category), status_message: text, error_text: text });
  if (/^\/(number|account)\//.test(path) && host.startsWith('rest.'))
    return jsonAnswer(status, { 'error-code': String(status), 'error-code-label': text });
  return jsonAnswer(status, {
    type: `https://developer.vonage.com/api-errors#${refusal.code}`,
    title,
    detail: text,
    instance: refusal.rule,
  });
}

function smsDocument(status: string, text: string): unknown {
  return { 'message-count': '1', messages: [{ status, 'error-text': text }] };
}

function smsStatus({ code }: Refusal): string {
  return code === 'budget_exceeded' ? QUOTA : SMS_STATUS[ERRORS[code].category];
}

/** Number Insight knows 1 throttled, 3 invalid parameter, 4 invalid credentials, 9 quota. */
function niStatus(category: Category): number {
  const known = SMS_STATUS[category];
  return known === '8' ? 9 : Number(known);
}

/** The status of the error table, but no 5xx: SDKs send again after those. */
function statusOf({ code }: Refusal): number {
  const { status, category } = ERRORS[code];
  if (status < 500) return status;
  return category === 'unavailable' ? 429 : 403;
}
