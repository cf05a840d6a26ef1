import type { LedgerRecord } from '../../store/records.ts';
import type { Given, Received } from '../contract.ts';
import { pick, type Call, type Handlers } from './handler.ts';

export const ledgerHandlers: Handlers<`ledger.${'list' | 'unknown' | 'totals' | 'verify'}`> = {
  'ledger.list': async (call) => (await call.services.ledger.list(await filterOf(call))).map(show),
  'ledger.unknown': async ({ services, input }) =>
    (await services.ledger.unknown(input.limit)).map((row) => ({ ...row, id: idOf(row) })),
  'ledger.totals': ({ services }) => services.ledger.totals(),
  'ledger.verify': ({ services }) => services.ledger.verify(),
};

async function filterOf({ services, input }: Call<Received<'ledger.list'>>) {
  const { limit, key, app, state } = input;
  return {
    limit,
    ...(key === undefined ? {} : { key: pick('virtual key', await services.keys.list(), key).id }),
    ...(app === undefined ? {} : { app: pick('app', await services.apps.list(), app).id }),
    ...(state === undefined ? {} : { state }),
  };
}

function show(row: LedgerRecord): Given<'ledger.list'>[number] {
  return { ...row, atBound: row.atBound === true, id: idOf(row) };
}

function idOf({ node, epoch, position }: LedgerRecord): string {
  return `${node}-${epoch}-${position}`;
}
