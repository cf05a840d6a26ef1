import { Secret } from '../../kernel/secret.ts';
import { at, objectsAt, textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import { plainGet } from '../shared/requests.ts';
import type { OpenAccount } from '../custody-adapter.ts';
import type { ManagementAdapter, SecretRotation } from '../management-adapter.ts';
import type { WireRequest, WireResponse } from '../wire.ts';
import { custody } from './credential.ts';
import { API_HOST, REST_HOST } from './facts.ts';

/**
 * An account has one or two secrets, which the customer chooses. The vendor never shows their values again, so of two listed
 * secrets it cannot be told which is ours. https://developer.vonage.com/en/account/secret-management
 */
const apiSecret: SecretRotation = {
  signsWebhooks: false,
  test: (account) => ({
    request: signed(account, plainGet(REST_HOST, ['account', 'get-balance'])),
    accepts: ({ status }: WireResponse) => status === 200,
  }),
  list: {
    request: (account) => signed(account, secretsOf(account)),
    read({ status, body }) {
      const answer = status === 200 ? parseJsonObject(body) : null;
      if (answer === null) return null;
      return objectsAt(at(answer, '_embedded'), 'secrets').flatMap((one) => {
        const id = textAt(one, 'id');
        return id === null ? [] : [{ id, label: null }];
      });
    },
  },
  // 8 to 25 characters with a small letter, a capital and a digit.
  choose: (fresh) => ({ apiSecret: new Secret(`${fresh.reveal().slice(0, 22)}aZ7`) }),
  create(account, _label, { apiSecret: chosen }) {
    const secret = chosen instanceof Secret ? chosen.reveal() : '';
    const body = Buffer.from(JSON.stringify({ secret }));
    const request = { ...secretsOf(account), method: 'POST', body };
    return signed(account, request, { 'content-type': 'application/json' });
  },
  readCreated({ status, body }) {
    const id = status === 201 || status === 200 ? textAt(parseJsonObject(body), 'id') : null;
    return id === null ? null : { id, values: {} };
  },
  explain: (status) =>
    status === 403
      ? 'The account has two secrets already, which is the most there may be. Delete the one that is not sealed here in the dashboard (API settings), then rotate again.'
      : null,
  withdraw: (account, id) => remove(account, id ?? ''),
  retire: (account, { known }) =>
    known.length === 1 && known[0] !== undefined ? remove(account, known[0]) : null,
};

export const management: ManagementAdapter = {
  rotations: { apiSecret },
  guides: {
    privateKey: [
      'An application has one key: the old one ends in the moment in which a new one is made, so requests fail until the new one is sealed.',
      'In the dashboard open Applications, edit the application, and choose "Generate public and private key".',
      'Save the application, then seal the downloaded private.key at once: `ringfence accounts reseal ACCOUNT --file private.key`.',
    ],
  },
};

function secretsOf({ fields }: OpenAccount, ...id: readonly string[]): WireRequest {
  return plainGet(API_HOST, ['accounts', fields['apiKey'] ?? '', 'secrets', ...id]);
}

function remove(account: OpenAccount, id: string): WireRequest {
  return signed(account, { ...secretsOf(account, id), method: 'DELETE' });
}

/** Secrets are managed with key and secret, which need no clock. */
function signed(
  account: OpenAccount,
  request: WireRequest,
  headers: Readonly<Record<string, string>> = {},
): WireRequest {
  return custody.authorize({ ...request, headers: { ...request.headers, ...headers } }, account, 0);
}
