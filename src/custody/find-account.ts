import { RingfenceError } from '../kernel/errors.ts';
import type { Collection } from '../store/ports.ts';
import type { AccountRecord } from '../store/records.ts';
import type { CustodyAdapter } from '../vendors/custody-adapter.ts';

type AccountSource = Pick<Collection<AccountRecord>, 'get'>;

/** Throws `not_found` for an account that does not exist. */
export async function findAccount(accounts: AccountSource, id: string): Promise<AccountRecord> {
  return (await accounts.get(id)) ?? notFound(id);
}

/** As `findAccount`, with the adapter of its vendor; one of a vendor that this version does not know is not found either. */
export async function findWithCustody(
  accounts: AccountSource,
  custodyOf: (vendor: string) => CustodyAdapter | null,
  id: string,
): Promise<{ readonly account: AccountRecord; readonly custody: CustodyAdapter }> {
  const account = await findAccount(accounts, id);
  return { account, custody: custodyOf(account.vendor) ?? notFound(id) };
}

function notFound(id: string): never {
  throw new RingfenceError('not_found', `There is no vendor account ${id}.`);
}
