import { createHmac } from 'node:crypto';
import type { HookRequest } from '../webhooks.ts';

/**
 * A form request signed as the vendor does: HMAC-SHA1 of the URL and, sorted by name, each parameter's name and value
 * (https://www.twilio.com/docs/usage/security). A GET carries the parameters in its URL.
 */
export function signedForm(
  token: string,
  url: string,
  parameters: Readonly<Record<string, string>>,
  method = 'POST',
): HookRequest {
  const form = new URLSearchParams(parameters).toString();
  const target = method === 'GET' ? `${url}${url.includes('?') ? '&' : '?'}${form}` : url;
  const signed =
    method === 'GET'
      ? target
      : Object.keys(parameters)
          .toSorted()
          .reduce((text, name) => text + name + (parameters[name] ?? ''), url);
  const signature = createHmac('sha1', token).update(signed, 'utf8').digest('base64');
  return {
    method,
    url: target,
    headers: {
      'x-twilio-signature': signature,
      'user-agent': 'TwilioProxy/1.1',
      ...(method === 'GET' ? {} : { 'content-type': 'application/x-www-form-urlencoded; charset=UTF-8' }),
    },
    body: method === 'GET' ? '' : form,
  };
}
