import type { Cursor, LedgerStore, LedgerVerification } from '../ports.ts';
import { TOTALS } from '../select.ts';
import type { Row } from './database.ts';
import type { Context } from './leases.ts';
import { hasResource, list, pending } from './ledger-reads.ts';
import { load, settle } from './ledger.ts';
import * as sql from './money-sql.ts';
import { toStoredRows } from './rows.ts';
import { verify } from './verify.ts';

export function createLedgerStore(context: Context): LedgerStore {
  const { database } = context;
  const records = async (rows: readonly Row[]) =>
    (await toStoredRows(context.names, rows)).map((one) => one.record);
  return {
    cursors: async (node) => (await database.all(sql.CURSORS, node)) as unknown as Cursor[],
    givenUp: async (node) => (await database.all(sql.CURSORS_GIVEN_UP, node)) as unknown as Cursor[],
    heads: async (node) => (await database.all(sql.HEADS, node)) as unknown as Cursor[],
    load: (batch) => load(context, batch),
    settle: (outcome) => settle(context, outcome),
    pending: async (kind, limit, after) => records(await pending(context, kind, limit, after)),
    async get({ node, epoch, position }) {
      const row = await database.get(sql.ROW_GET, node, epoch, position);
      return row === undefined ? null : ((await records([row]))[0] ?? null);
    },
    list: async (options) => records(await list(context, options)),
    hasResource: (account, resourceId) => hasResource(context, account, resourceId),
    totals: async () => (await database.all(TOTALS)) as unknown as LedgerVerification['totals'],
    verify: () => verify(database),
  };
}
