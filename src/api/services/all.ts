import type { Vendor } from '../../vendors/vendor.ts';
import type { AccountService } from './accounts.ts';
import type { AppService } from './apps.ts';
import type { BudgetService } from './budgets.ts';
import type { CanaryService } from './canaries.ts';
import type { JournalService } from './journal.ts';
import type { KeyService } from './keys.ts';
import type { KillService } from './kills.ts';
import type { LeakService } from './leaks.ts';
import type { LedgerService } from './ledger.ts';
import type { PolicyService } from './policy.ts';
import type { PriceService } from './prices.ts';
import type { SystemService } from './system.ts';

/**
 * What the admin API needs. Every method that changes something takes the actor last, and journals the act itself
 * before it returns.
 */
export interface AdminServices {
  readonly vendors: readonly Pick<Vendor, 'id' | 'facts' | 'custody'>[];
  /** Base URL of the apps listener, for the snippets of a new key. */
  readonly gateway: () => string;
  readonly apps: AppService;
  readonly accounts: AccountService;
  readonly keys: KeyService;
  readonly leaks: LeakService;
  readonly canaries: CanaryService;
  readonly policy: PolicyService;
  readonly budgets: BudgetService;
  readonly prices: PriceService;
  readonly kills: KillService;
  readonly ledger: LedgerService;
  readonly journal: JournalService;
  readonly system: SystemService;
}
