import { serve } from '@hono/node-server';
import { createHmac, randomBytes } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createAdminApi } from '../../../src/api/admin-api.ts';
import { createTokenCheck, hashToken } from '../../../src/api/authenticate.ts';
import { openSqliteStore } from '../../../src/store/sqlite/open.ts';
import type { Store } from '../../../src/store/ports.ts';
import { batch, money, row, unknown } from '../../contract/store-builders.ts';
import { createTestServices } from './cli-services.ts';

export interface CliWorld extends AsyncDisposable {
  readonly url: string;
  readonly token: string;
  /** Private folder: data directory and working directory of the scripts. */
  readonly folder: string;
}

/**
 * A real admin API on a loopback port, over a real store and real custody; vendor and journal are in memory. The ledger has
 * as many requests without an answer as `lostAnswers` says. `isPresuming`: two processes have ended, which held 3 and 2.50
 * of budget `total` and 2 of `calls`, and what they spent may be lost.
 */
export async function openCliWorld({ lostAnswers = 0, isPresuming = false } = {}): Promise<CliWorld> {
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-cli-'));
  const clock = { wall: Date.now, monotonic: () => performance.now(), ledger: Date.now };
  const store = await openSqliteStore({ path: join(folder, 'store.db'), clock });
  const token = createHmac('sha256', randomBytes(32)).digest('base64url');
  await store.settings.put('admin.token', hashToken(token));
  await writeFile(join(folder, 'admin-token'), `${token}\n`, { mode: 0o600 });
  if (lostAnswers > 0) await loseAnswers(store, lostAnswers);
  if (isPresuming) await presume(store);
  const services = createTestServices({ store, clock, url: () => url });
  const authenticate = createTokenCheck(() => store.settings.get('admin.token'));
  const api = createAdminApi({ services, authenticate, report: (error) => console.error(error) });
  const { promise, resolve } = Promise.withResolvers<AddressInfo>();
  const server = serve({ fetch: api.fetch, port: 0, hostname: '127.0.0.1' }, resolve);
  const url = `http://127.0.0.1:${(await promise).port}`;
  return {
    url,
    token,
    folder,
    async [Symbol.asyncDispose]() {
      if ('closeAllConnections' in server) server.closeAllConnections();
      await new Promise((done) => server.close(done));
      await store.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function loseAnswers({ ledger }: Store, count: number): Promise<void> {
  const positions = Array.from({ length: count }, (_, position) => position);
  const rows = positions.map((position) => row(position, { bound: money(83_000), reserves: [] }));
  await ledger.load(batch(0, count, { rows, outcomes: positions.map(unknown) }));
}

async function presume({ budgets, leases }: Store): Promise<void> {
  const limit = money(20_000_000);
  const window = { kind: 'total' } as const;
  const common = { scope: {}, limit, window, rates: {}, createdAt: 0 };
  await budgets.put({ ...common, id: 'budget_total', name: 'total', unit: 'money', currency: 'EUR' });
  await budgets.put({ ...common, id: 'budget_calls', name: 'calls', unit: 'count', currency: 'MESSAGES' });
  for (const [budget, node, amount] of [
    ['total', 'w0', 3_000_000],
    ['total', 'w1', 2_500_000],
    ['calls', 'w1', 2_000_000],
  ] as const) {
    const [need, want] = [money(amount), money(amount)];
    const request = { budget: `budget_${budget}`, period: 0, since: 0, limit, node, epoch: 7, need, want };
    await leases.grant(request);
  }
  for (const node of ['w0', 'w1']) await leases.close(node, 7, 'presume');
}
