import { json, type Reply } from '../core.ts';

/** Messages of the codes that the sandbox answers (https://www.twilio.com/docs/api/errors). */
const MESSAGES: Readonly<Record<number, string>> = {
  20001: 'Unknown parameters',
  20003: 'Authenticate',
  20004: 'Method not allowed',
  20005: 'Account not active',
  20007: 'Page size too large',
  20404: 'The requested resource was not found',
  20429: 'Too Many Requests',
  20500: 'An internal server error has occurred',
  20503: 'Service unavailable',
  21201: "No 'To' number is specified",
  21205: 'Url parameter is required.',
  21211: "Invalid 'To' Phone Number",
  21213: "'From' phone number is required",
  21214: "'To' phone number cannot be reached",
  21215: 'Geo permission configuration is not permitting call',
  21216: 'Call blocked by block list',
  21220: 'Call is not in-progress. Cannot redirect.',
  21408: "Permission to send an SMS has not been enabled for the region indicated by the 'To' number",
  21421: 'PhoneNumber is invalid',
  21422: 'PhoneNumber is not available',
  21452: 'No phone numbers found in area code',
  21602: 'Message body is required',
  21603: "A 'From' phone number is required",
  21604: "A 'To' phone number is required",
  21610: 'Attempt to send to unsubscribed recipient',
  21612: "The 'To' phone number is not currently reachable",
  21614: "'To' number is not a valid mobile number",
  21617: 'The concatenated message body exceeds the 1600 character limit',
  30409: 'This message cannot be canceled',
  60200: 'Invalid parameter',
  60202: 'Max check attempts reached',
  60203: 'Max send attempts reached',
};

const UNAUTHORIZED = { 'www-authenticate': 'Basic realm="Twilio API"' };

export function twilioError(status: number, code: number, message?: string): Reply {
  const body = {
    code,
    message: message ?? MESSAGES[code] ?? 'Error',
    more_info: `https://www.twilio.com/docs/errors/${code}`,
    status,
  };
  return json(status, body, status === 401 ? UNAUTHORIZED : undefined);
}

export function notFound(path: string): Reply {
  return twilioError(404, 20404, `The requested resource ${path} was not found`);
}
