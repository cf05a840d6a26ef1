import type { LedgerRecord } from '../../store/records.ts';
import type { Given, Received } from '../contract.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Money } from '../../kernel/money.ts';
import { pointId, readPoint } from '../../kernel/point.ts';
import type { Call, Handlers } from './handler.ts';
import type { AdminServices } from '../services/all.ts';
import { pick, findKey } from './named.ts';

export const ledgerHandlers: Handlers<`ledger.${'list' | 'unknown' | 'settle' | 'totals' | 'verify'}`> = {
  'ledger.list': async (call) => (await call.services.ledger.list(await filterOf(call))).map(show),
  'ledger.unknown': async ({ services, input }) =>
    (await services.ledger.unknown(input.limit)).map((row) => ({ ...row, id: pointId(row) })),
  'ledger.settle': async ({ services, input, actor }) => {
    const { row, outcome, resource = null, reason } = input;
    const statement = { outcome, cost: costOf(input), resource, reason };
    return show(await services.ledger.settle(readPoint(row), statement, actor));
  },
  'ledger.totals': ({ services }) => services.ledger.totals(),
  'ledger.verify': ({ services }) => services.ledger.verify(),
};

/** The stated cost. Throws when a priced outcome comes without an amount, or another one with it: somebody mistyped. */
function costOf({ outcome, amount, currency }: Received<'ledger.settle'>): Money | null {
  if (outcome !== 'priced') {
    if (amount === undefined && currency === undefined) return null;
    throw new RingfenceError('input_invalid', `There is no amount where the outcome is ${outcome}.`);
  }
  if (amount === undefined || currency === undefined)
    throw new RingfenceError('input_invalid', 'State amount and currency of what it cost.');
  if (amount < 0) throw new RingfenceError('input_invalid', 'The amount is negative.');
  return { amount, currency };
}

async function filterOf({ services, input }: Call<Received<'ledger.list'>>) {
  const { limit, key, app, state } = input;
  return {
    limit,
    ...(key === undefined ? {} : { key: (await findKey(services, key)).id }),
    ...(app === undefined ? {} : { app: await appId(services, app) }),
    ...(state === undefined ? {} : { state }),
  };
}

/** Id of the app. What has the form of an id is not looked up, because ledger rows outlive their app. Throws `not_found` for a name. */
async function appId({ apps }: AdminServices, reference: string): Promise<string> {
  const isId = /^app_[a-z2-7]{16}$/.test(reference);
  return isId ? reference : pick('app', await apps.list(), reference).id;
}

function show(row: LedgerRecord): Given<'ledger.list'>[number] {
  return { ...row, atBound: row.atBound === true, id: pointId(row) };
}
