import { RingfenceError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import type { AccountRecord, VirtualKeyRecord } from '../store/records.ts';
import type { OpenAccount } from '../vendors/custody-adapter.ts';
import type { Bound, Sealer, Secrets } from './sealing/sealer.ts';

type Destination = Pick<AccountRecord, 'id' | 'vendor' | 'fields' | 'upstream'>;

/** Seals the secrets of a vendor account for the place to which they are sent. `sealer` has purpose `account`. */
export function sealAccount(sealer: Sealer, account: Destination, secrets: Secrets): string {
  return sealer.seal(secrets, account.id, destinationOf(account));
}

/** Opens a vendor account for the one moment in which a request gets its real credential. `sealer` has purpose `account`. */
export function openAccount(
  sealer: Sealer,
  account: Destination & Pick<AccountRecord, 'sealed'>,
): OpenAccount {
  const { id, fields, sealed } = account;
  return { fields, secrets: sealer.open(sealed, id, destinationOf(account)) };
}

/** Everything that decides whether an account opens, and to what: while it is the same, it need not be opened again. */
export function sealedIdentity(account: Destination & Pick<AccountRecord, 'sealed'>): string {
  return JSON.stringify([account.id, account.sealed, ...destinationOf(account)]);
}

/** Whoever can write the database, but has no key ring, must not be able to redirect a credential to another server. */
function destinationOf({ vendor, fields, upstream }: Destination): Bound {
  const sorted = Object.entries(fields).toSorted(([a], [b]) => (a < b ? -1 : 1));
  return [vendor, JSON.stringify(upstream), ...sorted.flat()];
}

/** `problem`: why it does not open, in a sentence that holds no secret. */
export type Opening =
  | { readonly ok: true; readonly account: OpenAccount }
  | { readonly ok: false; readonly problem: string };

/**
 * As `openAccount`, for callers that open many accounts: one whose ring key is gone, or whose sealed text is damaged, must
 * not keep the others closed.
 */
export function tryOpenAccount(...sealed: Parameters<typeof openAccount>): Opening {
  try {
    return { ok: true, account: openAccount(...sealed) };
  } catch (error) {
    if (error instanceof RingfenceError) return { ok: false, problem: error.message };
    throw error;
  }
}

/**
 * Opens what a virtual key is verified with: checks the app's signatures, and signs webhooks towards the app.
 * `sealer` has purpose `key`.
 */
export function openVerifier(
  sealer: Sealer,
  { id, sealed }: Pick<VirtualKeyRecord, 'id' | 'sealed'>,
): Secret {
  const verifier = sealed === null ? undefined : sealer.open(sealed, id)['verifier'];
  if (verifier === undefined) throw new RingfenceError('verify_failed', `The key ${id} has no verifier.`);
  return verifier;
}
