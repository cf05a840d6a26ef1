import type { KeyRingSource } from '../../custody/sealing/key-ring-source.ts';
import { listCanaries } from '../../custody/canaries/store.ts';
import { CHECKPOINT_KEY_SETTING } from '../../custody/checkpoint-key.ts';
import { VERSION } from '../../kernel/version.ts';
import { PAGE } from '../../store/pages.ts';
import type { PriceRecord } from '../../store/records.ts';
import { AUTHORITY_KEY_SETTING } from '../../tls/authority.ts';
import { canaryPart } from '../leak-response.ts';
import { lastEpoch, type Foundation } from '../foundation.ts';
import type { Kills } from '../kills.ts';
import type { Part, PricePage, StartOrder } from './messages.ts';
import { uptime } from '../uptime.ts';

/** What a data-plane process is told first. Secrets travel sealed. */
export async function startOrder(
  { config, boot, clock, store }: Foundation,
  keyRing: KeyRingSource,
  node: string,
): Promise<StartOrder> {
  const { settings } = store;
  return {
    type: 'start',
    node,
    config,
    boot,
    version: VERSION,
    keyRing,
    checkpointKey: (await settings.get(CHECKPOINT_KEY_SETTING)) ?? '',
    authorityKey: (await settings.get(AUTHORITY_KEY_SETTING)) ?? '',
    ledgerTime: clock.ledger(),
    orderedAt: uptime(),
    afterEpoch: await lastEpoch(store, node),
  };
}

/** Half a million prices at once would hold whoever reads or takes them in for seconds; it answers and revokes nothing then. */
async function* pricePages({ prices }: Foundation['store']): AsyncGenerator<PricePage> {
  const book = process.hrtime.bigint();
  let after: PriceRecord | null = null;
  for (let number = 0; ; number++) {
    const rows: readonly PriceRecord[] = await prices.page(after, PAGE);
    const isLast = rows.length < PAGE;
    yield { kind: 'prices', book, number, rows, isLast };
    if (isLast) return;
    after = rows.at(-1) ?? null;
  }
}

/** Reads one part of what is in force, as it stands in the store. */
export function createPartReader({ store, policyInForce }: Pick<Foundation, 'store' | 'policyInForce'>) {
  return Object.freeze({
    apps: async (): Promise<Part> => ({ kind: 'apps', all: await store.apps.list() }),
    accounts: async (): Promise<Part> => ({ kind: 'accounts', all: await store.accounts.list() }),
    policy: async (): Promise<Part> => ({
      kind: 'policy',
      document: (await policyInForce()).document,
    }),
    prices: () => pricePages(store),
    budgets: async () => ({ kind: 'budgets', all: await store.budgets.list() }) as const satisfies Part,
  });
}

/** Everything in force, for a process that starts; keys last, in pages. */
export async function* allParts(
  foundation: Pick<Foundation, 'store' | 'trust' | 'policyInForce'>,
  kills: Pick<Kills, 'part'>,
): AsyncGenerator<Part> {
  const { store, trust } = foundation;
  const read = createPartReader(foundation);
  yield trust.part();
  yield await read.apps();
  yield await read.accounts();
  yield await read.policy();
  yield* read.prices();
  yield await read.budgets();
  yield kills.part();
  yield canaryPart(await listCanaries(store.settings));
  let page = await store.keys.page('', PAGE);
  while (page.length > 0) {
    yield { kind: 'keys', put: page };
    page = await store.keys.page(page.at(-1)?.id ?? '', PAGE);
  }
}
