import { plainGet } from '../shared/requests.ts';
import type { WireRequest } from '../wire.ts';
import { API_HOST, API_VERSION } from './facts.ts';

/** A read below the account: `accountGet(fields, ['Messages.json'])`; without rest the account itself. */
export function accountGet(
  fields: Readonly<Record<string, string>>,
  rest: readonly string[],
  query = '',
): WireRequest {
  const sid = fields['accountSid'] ?? '';
  const own = rest.length === 0 ? [`${sid}.json`] : [sid, ...rest];
  return plainGet(API_HOST, [API_VERSION, 'Accounts', ...own], query);
}
