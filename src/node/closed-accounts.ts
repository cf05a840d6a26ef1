import { sealedIdentity, tryOpenAccount } from '../custody/open.ts';
import type { Sealer } from '../custody/sealing/sealer.ts';
import type { Store } from '../store/ports.ts';

interface Sources {
  readonly store: Pick<Store, 'accounts'>;
  readonly sealers: { readonly account: Sealer };
}

/**
 * Accounts that the key ring does not open, a sentence each. They are not used; they do not keep the gateway from starting,
 * as only a gateway that runs takes their secrets again. The status asks all the time, so only those are tried that are
 * new, changed or did not open; what was inside is not kept.
 */
export function createClosedAccounts({ store, sealers }: Sources): () => Promise<readonly string[]> {
  let known: ReadonlySet<string> = new Set();
  return async () => {
    const opened = new Set<string>();
    const closed: string[] = [];
    for (const record of await store.accounts.list()) {
      const identity = sealedIdentity(record);
      const problem = known.has(identity) ? null : problemOf(tryOpenAccount(sealers.account, record));
      if (problem === null) opened.add(identity);
      else
        closed.push(
          `account ${record.name} (${record.id}) is closed: ${problem} Bring the ring back, give all its secrets again (\`ringfence accounts reseal\`), or remove it.`,
        );
    }
    known = opened;
    return closed;
  };
}

function problemOf(opening: ReturnType<typeof tryOpenAccount>): string | null {
  return opening.ok ? null : opening.problem;
}
