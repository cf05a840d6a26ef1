import { RingfenceError } from '../kernel/errors.ts';
import type { Secret } from '../kernel/secret.ts';
import type { AccountRecord, VirtualKeyRecord } from '../store/records.ts';
import type { OpenAccount } from '../vendors/vendor.ts';
import type { Sealer } from './sealing/sealer.ts';

/** Opens a vendor account for the one moment in which a request gets its real credential. `sealer` has purpose `account`. */
export function openAccount(
  sealer: Sealer,
  { id, fields, sealed }: Pick<AccountRecord, 'id' | 'fields' | 'sealed'>,
): OpenAccount {
  return { fields, secrets: sealer.open(sealed, id) };
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
