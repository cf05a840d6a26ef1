import { tryOpenAccount } from '../custody/open.ts';
import type { Foundation } from './foundation.ts';

/**
 * Accounts that the key ring does not open, a sentence each. They are not used; they do not keep the gateway from starting,
 * as only a gateway that runs takes their secrets again.
 */
export async function closedAccounts({
  store,
  sealers,
}: Pick<Foundation, 'store' | 'sealers'>): Promise<readonly string[]> {
  return (await store.accounts.list()).flatMap((record) => {
    const opening = tryOpenAccount(sealers.account, record);
    if (opening.ok) return [];
    const { name, id } = record;
    return `account ${name} (${id}) is closed: ${opening.problem} Bring the ring back, give all its secrets again (\`ringfence accounts reseal\`), or remove it.`;
  });
}
