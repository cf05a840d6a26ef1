import { Secret } from '../../kernel/secret.ts';
import { textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import type { ManagementAdapter, OpenAccount } from '../vendor.ts';
import type { WireRequest } from '../wire.ts';
import { authorize, ownerOf } from './credential.ts';
import { accountGet } from './requests.ts';

const FRIENDLY_NAME = 'Ringfence';

/** API keys of the account. The vendor chooses the secret and shows it once. */
export const management: ManagementAdapter = {
  create(account) {
    const body = Buffer.from(`FriendlyName=${FRIENDLY_NAME}`);
    return signed(account, ['Keys.json'], {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' },
      body,
    });
  },
  readCreated({ status, body }) {
    const answer = status === 200 || status === 201 ? parseJsonObject(body) : null;
    const id = textAt(answer, 'sid');
    const secret = textAt(answer, 'secret');
    return id === null || secret === null ? null : { id, secrets: { apiKeySecret: new Secret(secret) } };
  },
  revoke: (account, id) => signed(account, ['Keys', `${id}.json`], { method: 'DELETE' }),
};

function signed(account: OpenAccount, rest: readonly string[], change: Partial<WireRequest>): WireRequest {
  return authorize({ ...accountGet(account.fields, rest), ...change }, ownerOf(account));
}
