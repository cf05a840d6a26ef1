import type { Secret } from '../kernel/secret.ts';
import type { CredentialTest, OpenAccount } from './custody-adapter.ts';
import type { WireRequest, WireResponse } from './wire.ts';

/** How the account's own secrets are replaced. */
export interface ManagementAdapter {
  /** Secrets that can be replaced without interruption, by field name. */
  readonly rotations: Readonly<Record<string, SecretRotation>>;
  /** For the other secrets, by field name: what a person does, one step a sentence. */
  readonly guides: Readonly<Record<string, readonly string[]>>;
}

/** Values of account fields; secret ones are typed so. */
export type FieldValues = Readonly<Record<string, string | Secret>>;

/**
 * How one secret of an account is replaced while the old and the new one both work. Requests carry the credential that
 * may make them. Every request but `create` may be sent twice.
 */
export interface SecretRotation {
  /** True when the vendor signs webhooks with this secret: the old value is accepted a while longer. */
  readonly signsWebhooks: boolean;
  /** A harmless read that succeeds only with this secret, whatever other credentials the account has. `now` is wall ms. */
  test(account: OpenAccount, now: number): CredentialTest;
  /** Lists the secrets of this kind at the vendor. Null: there is room for one second secret, which has no id. */
  readonly list: {
    request(account: OpenAccount): WireRequest;
    /** Null when the answer is not understood. */
    read(response: WireResponse): readonly ListedCredential[] | null;
  } | null;
  /** The new secret where the customer chooses it; `fresh` is 32 random characters `[0-9A-Za-z]`. Absent: the vendor chooses. */
  choose?(fresh: Secret): FieldValues;
  /** Makes the second credential. `label` marks it as ours; `chosen` is what `choose` gave. */
  create(account: OpenAccount, label: string, chosen: FieldValues): WireRequest;
  /** The credential that `create` made; null when the vendor refused. */
  readCreated(response: WireResponse): { readonly id: string | null; readonly values: FieldValues } | null;
  /** Why `create` was refused, with what to do about it; null when there is no more to say than the status. */
  explain(status: number): string | null;
  /** Deletes a new credential that is not in use. A 404 means that it is gone already. */
  withdraw(account: OpenAccount, id: string | null): WireRequest;
  /** Deletes the replaced credential; `account` holds the new one. Null when it cannot be told which one that is. */
  retire(account: OpenAccount, replaced: Replaced): WireRequest | null;
}

export interface ListedCredential {
  readonly id: string;
  readonly label: string | null;
}

/** The credential that a rotation replaces. */
export interface Replaced {
  /** Public fields of the account before the switch. */
  readonly fields: Readonly<Record<string, string>>;
  /** Ids that were listed before the new one was made. */
  readonly known: readonly string[];
}
