import { Secret } from '../../kernel/secret.ts';
import { objectsAt, textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import { plainGet } from '../shared/requests.ts';
import type { OpenAccount } from '../custody-adapter.ts';
import type { ManagementAdapter, SecretRotation } from '../management-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { authorize, ownerOf, type Credential } from './credential.ts';
import { accountGet } from './requests.ts';

const ACCOUNTS_HOST = 'accounts.twilio.com';
const FORM = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
/** Largest page of the API; an account may have far fewer keys. */
const PAGE = 'PageSize=1000';

/**
 * A second auth token works beside the first. Promoting it ends the first, and webhooks are signed with the promoted
 * one from then on. https://www.twilio.com/docs/iam/api/authtoken
 */
const authToken: SecretRotation = {
  signsWebhooks: true,
  test: (account) => accepting(authorize(accountGet(account.fields, []), ownerOf(account))),
  list: null,
  create: (account) => token(account, 'POST', 'Secondary'),
  readCreated(response) {
    const made = textAt(bodyOf(response), 'secondary_auth_token');
    return made === null ? null : { id: null, values: { authToken: new Secret(made) } };
  },
  explain: (status) =>
    status === 401 || status === 403
      ? 'Auth tokens are rotated with the auth token itself, and the sealed one is not accepted.'
      : null,
  withdraw: (account) => token(account, 'DELETE', 'Secondary'),
  retire: (account) => token(account, 'POST', 'Promote'),
};

/**
 * API keys live beside each other. The vendor chooses the secret and shows it once; the new key is a standard one.
 * https://www.twilio.com/docs/iam/api-keys/keys-in-console
 */
const apiKeySecret: SecretRotation = {
  signsWebhooks: false,
  test: (account) =>
    accepting(authorize(accountGet(account.fields, ['Messages.json'], 'PageSize=1'), keyOf(account))),
  list: {
    request: (account) => authorize(accountGet(account.fields, ['Keys.json'], PAGE), ownerOf(account)),
    read(response) {
      const answer = bodyOf(response);
      if (answer === null) return null;
      return objectsAt(answer, 'keys').flatMap((key) => {
        const id = textAt(key, 'sid');
        return id === null ? [] : [{ id, label: textAt(key, 'friendly_name') }];
      });
    },
  },
  create: (account, label) =>
    signed(account, accountGet(account.fields, ['Keys.json']), {
      method: 'POST',
      headers: FORM,
      body: Buffer.from(new URLSearchParams({ FriendlyName: label }).toString()),
    }),
  readCreated(response) {
    const answer = bodyOf(response);
    const id = textAt(answer, 'sid');
    const secret = textAt(answer, 'secret');
    return id === null || secret === null
      ? null
      : { id, values: { apiKeySid: id, apiKeySecret: new Secret(secret) } };
  },
  explain: (status) =>
    status === 401 || status === 403
      ? 'Standard and restricted API keys may not make keys. Seal the auth token too (`ringfence accounts reseal`), or a main key.'
      : null,
  withdraw: (account, id) => remove(account, id ?? ''),
  retire(account, { fields: { apiKeySid } }) {
    return apiKeySid === undefined || apiKeySid === account.fields['apiKeySid']
      ? null
      : remove(account, apiKeySid);
  },
};

export const management: ManagementAdapter = { rotations: { authToken, apiKeySecret }, guides: {} };

function token(account: OpenAccount, method: string, action: string): WireRequest {
  return signed(account, plainGet(ACCOUNTS_HOST, ['v1', 'AuthTokens', action]), { method, headers: FORM });
}

function remove(account: OpenAccount, sid: string): WireRequest {
  return signed(account, accountGet(account.fields, ['Keys', `${sid}.json`]), { method: 'DELETE' });
}

function signed(account: OpenAccount, request: WireRequest, change: Partial<WireRequest>): WireRequest {
  return authorize({ ...request, ...change }, ownerOf(account));
}

function keyOf({ fields, secrets }: OpenAccount): Credential {
  const { apiKeySid = '' } = fields;
  return { user: apiKeySid, password: secrets['apiKeySecret'] ?? new Secret(''), isKey: true };
}

function accepting(request: WireRequest) {
  return { request, accepts: ({ status }: WireResponse) => status === 200 };
}

function bodyOf({ status, body }: WireResponse) {
  return status === 200 || status === 201 ? parseJsonObject(body) : null;
}
