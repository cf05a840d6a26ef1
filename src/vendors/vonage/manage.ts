import { Secret } from '../../kernel/secret.ts';
import { textAt } from '../shared/answer.ts';
import { parseJsonObject } from '../shared/json-body.ts';
import type { ManagementAdapter, OpenAccount } from '../vendor.ts';
import type { WireRequest } from '../wire.ts';
import { custody, plainGet } from './credential.ts';
import { API_HOST } from './facts.ts';

/** Secrets of an account: two may exist at a time, so a new one is made before the old one is revoked. */
export const management: ManagementAdapter = {
  create(account, fresh) {
    const body = Buffer.from(JSON.stringify({ secret: chosenSecret(fresh) }));
    return signed(
      account,
      { ...secretsOf(account), method: 'POST', body },
      { 'content-type': 'application/json' },
    );
  },
  readCreated({ status, body }, fresh) {
    const id = status === 201 || status === 200 ? textAt(parseJsonObject(body), 'id') : null;
    return id === null ? null : { id, secrets: { apiSecret: new Secret(chosenSecret(fresh)) } };
  },
  revoke: (account, id) => signed(account, { ...secretsOf(account, id), method: 'DELETE' }),
};

/** The customer chooses: 8 to 25 characters with a small letter, a capital and a digit. */
function chosenSecret(fresh: Secret): string {
  return `${fresh.reveal().slice(0, 22)}aZ7`;
}

function secretsOf({ fields }: OpenAccount, ...id: readonly string[]): WireRequest {
  return plainGet(API_HOST, ['accounts', fields['apiKey'] ?? '', 'secrets', ...id]);
}

/** Secrets are managed with key and secret, which need no clock. */
function signed(
  account: OpenAccount,
  request: WireRequest,
  headers: Readonly<Record<string, string>> = {},
): WireRequest {
  return custody.authorize({ ...request, headers: { ...request.headers, ...headers } }, account, 0);
}
