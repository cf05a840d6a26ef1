import { basicHeader } from '../shared/basic-auth.ts';
import { textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import { signJwt } from '../shared/jwt.ts';
import { plainGet } from '../shared/requests.ts';
import { active, revoked, unknown, type LeakCheck } from '../leak-check.ts';
import { API_HOST, REST_HOST } from './facts.ts';

const API_KEY = /^[0-9a-f]{8}$/i;
const APPLICATION = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const PROJECT = /^[1-9][0-9]{7}$/;
const LIFE = 60;

const apiSecret: LeakCheck = {
  rules: ['vonage-api-secret', 'vonage-api-pair'],
  near: { id: /key["'\]]{0,2}\s{0,3}(?:[:=,]|=>)\s{0,3}["']?([0-9a-f]{8})\b/i },
  requests({ secret, companions: { id = '' } }) {
    if (!API_KEY.test(id)) return 'It can be asked only together with its API key, which is not beside it.';
    const request = plainGet(REST_HOST, ['account', 'get-balance']);
    const authorization = basicHeader(id, secret.reveal());
    return [{ ...request, headers: { ...request.headers, authorization } }];
  },
  judge([answer]) {
    if (answer?.status === 200) {
      const balance = parseJsonObject(answer.body)?.['value'];
      return active('The account accepts it.', [
        'everything in the account: messages, calls, numbers, secrets',
        ...(typeof balance === 'number' ? [`balance ${balance}`] : []),
      ]);
    }
    return answer?.status === 401
      ? revoked('The vendor refuses it for the API key beside it.')
      : unknown(`The vendor answered ${answer?.status ?? 'nothing'}.`);
  },
};

/** Signs a token with the application's key and lists calls, which every application may. */
const privateKey: LeakCheck = {
  rules: ['vonage-private-key', 'vonage-private-key-file'],
  ofKeyStart: true,
  near: {
    id: /app(?:lication)?[_-]?id["'\]]{0,2}\s{0,3}(?:[:=,]|=>)\s{0,3}["']?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b/i,
  },
  requests({ secret, companions: { id = '', pem = secret.reveal() } }, now) {
    if (!APPLICATION.test(id))
      return 'It can be asked only together with its application id, which is not beside it.';
    const seconds = Math.floor(now / 1000);
    const claims = { application_id: id, iat: seconds, exp: seconds + LIFE, jti: `${id}-${now}` };
    const token = tryToSign(claims, pem);
    if (token === null) return 'The private key is not whole.';
    const request = plainGet(API_HOST, ['v1', 'calls'], 'page_size=1');
    return [{ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } }];
  },
  judge([answer]) {
    if (answer?.status === 200)
      return active('The application accepts it.', ['calls and messages of the application']);
    if (answer?.status === 401)
      return revoked('The vendor refuses tokens that it signs for this application.');
    return unknown(`The vendor answered ${describe(answer)}.`);
  },
};

/**
 * A video project signs a token for a list of its archives; 403 is how this API says that the token is not accepted.
 * https://tokbox.com/developer/rest/
 */
const projectSecret: LeakCheck = {
  rules: ['opentok-api-secret', 'opentok-pair'],
  near: { id: /\b(4[5-7][0-9]{6})\b/ },
  requests({ secret, companions: { id = '' } }, now) {
    if (!PROJECT.test(id))
      return 'It can be asked only together with its project key, which is not beside it.';
    const seconds = Math.floor(now / 1000);
    const claims = { iss: id, ist: 'project', iat: seconds, exp: seconds + LIFE, jti: `${id}-${now}` };
    const request = plainGet('api.opentok.com', ['v2', 'project', id, 'archive'], 'count=1');
    const token = signJwt(claims, 'HS256', secret.reveal());
    return [{ ...request, headers: { ...request.headers, 'x-opentok-auth': token } }];
  },
  judge([answer]) {
    if (answer?.status === 200)
      return active('The project accepts it.', ['video sessions, archives and broadcasts of the project']);
    return answer?.status === 403 || answer?.status === 401
      ? revoked('The vendor refuses tokens that it signs for this project.')
      : unknown(`The vendor answered ${describe(answer)}.`);
  },
};

export const leakChecks: readonly LeakCheck[] = [apiSecret, privateKey, projectSecret];

function tryToSign(claims: Readonly<Record<string, unknown>>, pem: string): string | null {
  try {
    return signJwt(claims, 'RS256', pem.replaceAll(String.raw`\n`, '\n'));
  } catch {
    return null;
  }
}

function describe(answer: Parameters<LeakCheck['judge']>[0][number] | undefined): string {
  if (answer === undefined) return 'nothing';
  const title = textAt(parseJsonObject(answer.body), 'title');
  return title === null ? String(answer.status) : `${answer.status} (${title.slice(0, 60)})`;
}
