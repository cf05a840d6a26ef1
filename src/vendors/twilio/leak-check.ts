import type { Secret } from '../../kernel/secret.ts';
import { basicHeader } from '../shared/basic-auth.ts';
import { textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import { plainGet } from '../shared/requests.ts';
import { active, revoked, unknown, type LeakCheck } from '../leak-check.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { API_HOST, API_VERSION } from './facts.ts';
import { accountGet } from './requests.ts';

const ACCOUNT = /^AC[0-9a-f]{32}$/i;
const NEAR_ACCOUNT = /\b(AC[0-9a-f]{32})\b/;
/** A subaccount near the token. The token of its parent account works for it, but only under the parent's id. */
const SUBACCOUNT = /sub[_.\- ]?account[^\n]{0,40}?\b(AC[0-9a-f]{32})\b/i;
const NOT_AUTHENTICATED = 20003;
const KEY = /^SK[0-9a-f]{32}$/i;
/**
 * Credentials belong to one region, and every other one refuses them.
 * https://www.twilio.com/docs/global-infrastructure/manage-regional-api-credentials
 */
const API_HOSTS = [API_HOST, 'api.dublin.ie1.twilio.com', 'api.sydney.au1.twilio.com'] as const;
const ELSEWHERE = API_HOSTS.slice(1);

/** An auth token can read its own account, whose record tells the account's status. */
const authToken: LeakCheck = {
  rules: [
    'twilio-auth-token',
    'twilio-account-pair',
    'twilio-auth-token-nearby',
    'twilio-auth-token-in-block',
  ],
  near: { id: NEAR_ACCOUNT, subaccount: SUBACCOUNT },
  requests({ secret, companions: { id = '' } }) {
    if (!ACCOUNT.test(id))
      return 'It can be asked only together with its account SID, which is not beside it.';
    const own = as(accountGet({ accountSid: id }, []), id, secret);
    return API_HOSTS.map((host) => ({ ...own, host }));
  },
  judge(answers, isLast, { id, subaccount }) {
    const answer = answers.at(-1);
    if (answer?.status === 200) {
      const account = parseJsonObject(answer.body);
      const status = textAt(account, 'status') ?? 'active';
      return active(`The account accepts it; the account is ${status}.`, [
        'everything in the account and its subaccounts: messages, calls, numbers, keys',
        ...(textAt(account, 'type') === 'Trial' ? ['a trial account'] : []),
      ]);
    }
    if (!isLast) return null;
    const isRefused = answers.every(({ status }) => status === 401);
    if (isRefused && id === subaccount)
      return unknown('The account SID beside it is that of a subaccount: it may be the token of its parent.');
    return isRefused
      ? revoked('The vendor refuses it in each of its regions, for the account SID beside it.')
      : unknown(`The vendor answered ${answer?.status ?? 'nothing'}.`);
  },
};

/**
 * Standard keys may not read accounts or keys, and restricted keys only what they were granted. So several products are asked:
 * one success proves that the key works, and only if all answer 401 is it revoked. https://www.twilio.com/docs/iam/api-keys
 */
const apiKey: LeakCheck = {
  rules: ['twilio-api-key', 'twilio-api-key-nearby', 'twilio-api-key-pair'],
  near: { id: /\b(SK[0-9a-f]{32})\b/, account: NEAR_ACCOUNT },
  requests({ secret, companions: { id = '', account = '' } }) {
    if (!KEY.test(id)) return 'It can be asked only together with its key SID, which is not beside it.';
    const products = [
      plainGet('verify.twilio.com', ['v2', 'Services'], 'PageSize=1'),
      plainGet('messaging.twilio.com', ['v1', 'Services'], 'PageSize=1'),
      plainGet('conversations.twilio.com', ['v1', 'Services'], 'PageSize=1'),
      plainGet('studio.twilio.com', ['v2', 'Flows'], 'PageSize=1'),
      plainGet('taskrouter.twilio.com', ['v1', 'Workspaces'], 'PageSize=1'),
    ];
    const own = ['Messages.json', 'Calls.json', 'IncomingPhoneNumbers.json'];
    const lists = ACCOUNT.test(account)
      ? own.map((list) => accountGet({ accountSid: account }, [list], 'PageSize=1'))
      : [];
    return [
      ...lists,
      ...products,
      // Main keys alone may read this, so an answer tells the kind of the key.
      plainGet(API_HOST, [API_VERSION, 'Accounts.json'], 'PageSize=1'),
      ...ELSEWHERE.flatMap((host) => lists.map((list) => ({ ...list, host }))),
    ].map((request) => as(request, id, secret));
  },
  judge(answers, isLast) {
    if (answers.some(({ status }) => status === 200))
      return active('The vendor accepts the key.', [
        'what the key was given: everything but keys and accounts, unless it is restricted',
      ]);
    if (!isLast) return null;
    if (answers.every(isUnknownKey)) return revoked('Every product refuses the key as unknown.');
    return unknown(
      answers.some(({ status }) => status === 403)
        ? 'The vendor forbids what was asked: the key may be restricted to something else.'
        : 'The products gave no clear answer.',
    );
  },
};

/** Error 20003: the credential itself is not accepted. Every other code is about what was asked. */
function isUnknownKey({ status, body }: WireResponse): boolean {
  const code = parseJsonObject(body)?.['code'] ?? NOT_AUTHENTICATED;
  return status === 401 && code === NOT_AUTHENTICATED;
}

export const leakChecks: readonly LeakCheck[] = [authToken, apiKey];

function as(request: WireRequest, user: string, secret: Secret): WireRequest {
  const authorization = basicHeader(user, secret.reveal());
  return { ...request, headers: { ...request.headers, authorization } };
}
