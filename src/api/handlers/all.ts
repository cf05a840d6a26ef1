import type { RouteId } from '../paths.ts';
import { accountHandlers } from './accounts.ts';
import { appHandlers } from './apps.ts';
import { budgetHandlers } from './budgets.ts';
import { canaryHandlers } from './canaries.ts';
import type { Handlers } from './handler.ts';
import { journalHandlers } from './journal.ts';
import { keyHandlers } from './keys.ts';
import { killHandlers } from './kills.ts';
import { leakHandlers } from './leaks.ts';
import { ledgerHandlers } from './ledger.ts';
import { policyHandlers } from './policy.ts';
import { priceHandlers } from './prices.ts';
import { systemHandlers } from './system.ts';

export const HANDLERS: Handlers<RouteId> = {
  ...appHandlers,
  ...accountHandlers,
  ...keyHandlers,
  ...leakHandlers,
  ...canaryHandlers,
  ...policyHandlers,
  ...budgetHandlers,
  ...priceHandlers,
  ...killHandlers,
  ...ledgerHandlers,
  ...journalHandlers,
  ...systemHandlers,
};
