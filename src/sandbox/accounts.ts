import type { Account, AccountRequest, SandboxAccount, VendorModule } from './core.ts';

/** All customers of all simulated vendors. */
export interface Registry {
  /** In order of opening; `Account.index` is the position. */
  readonly accounts: readonly Account[];
  open(vendor: string, id: string, currency: string): Account;
  find(vendor: string, id: string): Account | undefined;
}

export function createRegistry(now: () => number): Registry {
  const accounts: Account[] = [];
  const byId = new Map<string, Account>();
  return Object.freeze({
    accounts,
    open(vendor: string, id: string, currency: string) {
      if (byId.has(`${vendor} ${id}`)) throw new Error(`${vendor} has an account ${id} already`);
      const account = Object.freeze({ index: accounts.length, vendor, id, currency, createdAt: now() });
      accounts.push(account);
      byId.set(`${vendor} ${id}`, account);
      return account;
    },
    find: (vendor: string, id: string) => byId.get(`${vendor} ${id}`),
  });
}

export interface AccountDesk {
  /** Opens an account with credentials that look real. Throws when the vendor is not simulated. */
  create(request: AccountRequest): SandboxAccount;
  list(): readonly SandboxAccount[];
}

export function createAccountDesk(vendors: readonly VendorModule[]): AccountDesk {
  const made: SandboxAccount[] = [];
  return Object.freeze({
    create(request: AccountRequest) {
      const vendor = vendors.find(({ id }) => id === request.vendor);
      if (vendor === undefined) throw new Error(`no simulated vendor is called ${request.vendor}`);
      const account = vendor.createAccount(request);
      made.push(account);
      return account;
    },
    list: () => [...made],
  });
}
