import type { Intent } from '../../intent/intent.ts';
import type { BudgetScope } from '../../store/records.ts';
import { channelsOf } from '../channels.ts';
import { countryReached } from '../country.ts';
import { keyMeant, type Subject, type SubjectNames } from '../subject.ts';

const fits = (allowed: readonly string[] | undefined, value: string): boolean =>
  allowed === undefined || allowed.includes(value);

/** The part of a scope that depends on the sender alone: decided once for each key. */
export function coversSubject(
  scope: BudgetScope,
  { app, key, vendor, account }: Subject,
  replacedBy: SubjectNames['replacedBy'],
): boolean {
  return (
    fits(scope.apps, app) &&
    keyMeant(key, (one) => fits(scope.keys, one), replacedBy) !== null &&
    fits(scope.vendors, vendor) &&
    fits(scope.accounts, account)
  );
}

/** The part that depends on the intent. A country fits when any destination lies in it, a channel when it may be used. */
export function coversIntent(scope: BudgetScope, intent: Intent): boolean {
  if (!fits(scope.actions, intent.action)) return false;
  const { channels, countries } = scope;
  if (channels !== undefined && !channelsOf(intent).some((one) => channels.includes(one))) return false;
  return countries === undefined || countryReached(intent, (one) => countries.includes(one)) !== null;
}
