import type { WireRequest } from '../wire.ts';
import { API_HOST, API_VERSION } from './facts.ts';

const NO_BODY = Buffer.alloc(0);

/** A read of ours, without credential. Segments hold no character that needs encoding. */
export function plainGet(host: string, segments: readonly string[], query = ''): WireRequest {
  return {
    method: 'GET',
    host,
    path: `/${segments.map((segment) => encodeURIComponent(segment)).join('/')}`,
    segments,
    query,
    headers: { accept: 'application/json' },
    body: NO_BODY,
  };
}

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
