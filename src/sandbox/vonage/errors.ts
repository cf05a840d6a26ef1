import { json, type Reply } from '../core.ts';

/** An error of the REST APIs on api.nexmo.com (RFC 7807). */
export function problem(status: number, title: string, detail: string): Reply {
  const type = `https://developer.vonage.com/api-errors#${title.toLowerCase().replaceAll(' ', '-')}`;
  return json(status, { type, title, detail, instance: 'sandbox' });
}

export const unauthorized = (): Reply =>
  problem(401, 'Unauthorized', 'You did not provide correct credentials.');

export const notFound = (what: string): Reply => problem(404, 'Not Found', `${what} was not found`);

export const invalid = (detail: string): Reply =>
  problem(422, 'Your request parameters did not validate', detail);

/** An error of the account and number APIs on rest.nexmo.com. */
export function restError(status: number, label: string): Reply {
  return json(status, { 'error-code': String(status), 'error-code-label': label });
}

/** The SMS API says no with HTTP 200. */
export function smsError(status: string, text: string): Reply {
  return json(200, { 'message-count': '1', messages: [{ status, 'error-text': text }] });
}

/** The older Verify API as well. */
export function verifyError(
  status: string,
  text: string,
  extra: Readonly<Record<string, string>> = {},
): Reply {
  return json(200, { ...extra, status, error_text: text });
}
