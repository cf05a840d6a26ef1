import { json } from '../core.ts';
import { readJson, text } from '../fields.ts';
import type { Route } from '../router.ts';
import { notFound } from './errors.ts';
import { addSecret, own } from './secrets.ts';
import { balanceOf, type VonageServices, type VonageState } from './state.ts';

const API = 'api.nexmo.com';
const BASE = '/accounts/{key}/subaccounts';

/** Subaccounts; the answer to their creation is the only place that shows their secret. */
export function subaccountRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const { world, states } = services;
  const view = (state: VonageState) => viewOf(state, balanceOf(world, state));
  const list = own((state) => {
    const subaccounts = [...states.values()].filter(({ primary }) => primary === state);
    const balances = [state, ...subaccounts].map((one) => balanceOf(world, one));
    return json(200, {
      total_balance: balances.reduce((sum, balance) => sum + balance, 0) / 1e6,
      total_credit_limit: 0,
      _embedded: { primary_account: view(state), subaccounts: subaccounts.map(view) },
    });
  });
  const create = own((state, exchange) => {
    const name = text(readJson(exchange) ?? {}, 'name') ?? 'Subaccount';
    const child = services.openAccount(state, { name, currency: state.account.currency });
    const secret = world.ids.alphanumeric(16);
    addSecret(services, child, secret);
    return json(201, { ...view(child), secret });
  });
  const change = own((state, exchange) => {
    const child = states.get(exchange.params['child'] ?? '');
    if (child?.primary !== state) return notFound('The subaccount');
    const suspended = exchange.method === 'PATCH' ? readJson(exchange)?.['suspended'] : undefined;
    if (typeof suspended === 'boolean') child.suspended = suspended;
    return json(200, view(child));
  });
  return [
    ['GET', API, BASE, list],
    ['POST', API, BASE, create],
    ['GET', API, `${BASE}/{child}`, change],
    ['PATCH', API, `${BASE}/{child}`, change],
  ];
}

function viewOf({ account, name, primary, suspended }: VonageState, balance: number) {
  return {
    api_key: account.id,
    name,
    primary_account_api_key: primary?.account.id ?? account.id,
    use_primary_account_balance: false,
    created_at: new Date(account.createdAt).toISOString(),
    suspended,
    balance: balance / 1e6,
    credit_limit: 0,
  };
}
