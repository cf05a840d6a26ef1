import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { createUpstream } from '../../gateway/upstream.ts';
import type { Intent } from '../../intent/intent.ts';
import { micros } from '../../kernel/money.ts';
import { Secret } from '../../kernel/secret.ts';
import { createSandbox, type Sandbox } from '../../sandbox/sandbox.ts';
import { createManualTime } from '../../sandbox/timeline.ts';
import type { BudgetRecord, LedgerRecord, Reserve } from '../../store/records.ts';
import type { LedgerOutcome, Store } from '../../store/ports.ts';
import { openSqliteStore } from '../../store/sqlite/open.ts';
import { VENDORS } from '../../vendors/index.ts';
import { createRegistry } from '../../vendors/registry.ts';
import { wire } from '../../vendors/shared/wire-fixture.ts';
import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import { createSender } from '../sender.ts';
import { createSettlement, type Settlement } from './settlement.ts';

/** Settlement over a real store, before a simulated vendor whose time stands still. Help for tests. */
export interface SettlementWorld {
  readonly sandbox: Sandbox;
  readonly store: Store;
  readonly settlement: Settlement & {
    /** One round of each kind. */
    round(): Promise<{ readonly settled: number; readonly resolved: number }>;
  };
  readonly incidents: string[];
  /** Requests that the vendor got from settlement. */
  readonly asked: string[];
  /** How often the account was opened. */
  opened(): number;
  /** Sends for the account and loads the row; returns its position. `changes` replaces what the ledger would know. */
  send(form: Readonly<Record<string, string>>, changes?: Partial<LedgerRecord>): Promise<number>;
  /** Sends; the ledger knows the row now or never heard of it, and its outcome once the returned function is called. */
  begin(form: Readonly<Record<string, string>>, known: 'row' | 'nothing'): Promise<() => Promise<void>>;
  /** Loads a row that was sent, or not, without an answer. */
  lose(
    form: Readonly<Record<string, string>>,
    arrived: boolean,
    kind?: 'Messages' | 'Calls',
    reserves?: readonly Reserve[],
    /** Of what the request said, where that is not what the vendor's record says. */
    fingerprints?: readonly string[],
  ): Promise<number>;
  row(position: number): Promise<LedgerRecord>;
  advance(milliseconds: number): Promise<void>;
  /** The wall clock of the gateway jumps ahead. */
  step(milliseconds: number): void;
}

export interface WorldOptions {
  readonly budgets?: readonly BudgetRecord[];
  readonly answer?: (request: WireRequest) => WireResponse | null | Promise<WireResponse | null>;
  /** Changes the vendor's answers to settlement. */
  readonly edit?: (body: string) => string;
  /** Throws where the store does not take what was learned. */
  readonly book?: () => void;
  readonly grace?: number;
  /** Milliseconds that a round waits for one account. */
  readonly patience?: number;
}

export const BOUND = micros(400_000);
export const FROM = '+15005550199';
const LIFE = { node: 'w0', epoch: 1 };
const VENDOR = 'twilio';
const HOST = 'api.twilio.com';

export async function openWorld(
  context: TestContext,
  {
    budgets = [],
    answer = () => null,
    edit = (body) => body,
    book = () => {},
    grace,
    patience,
  }: WorldOptions = {},
): Promise<SettlementWorld> {
  const directory = await mkdtemp(join(tmpdir(), 'ringfence-settlement-'));
  const { clock, timers } = createManualTime(Date.UTC(2026, 0, 1));
  const sandbox = createSandbox({ clock, timers, random: randomBytes });
  const { port, close } = await sandbox.listen(0);
  const store = await openSqliteStore({ path: join(directory, 'store.db'), clock });
  const upstream = createUpstream();
  context.after(async () => {
    await upstream.close();
    await close();
    await store.close();
    await rm(directory, { recursive: true });
  });
  const vendor = createRegistry(VENDORS).byId(VENDOR) as Vendor;
  const { credentials } = sandbox.accounts.create({ vendor: VENDOR });
  const open = openFrom(vendor, credentials);
  const incidents: string[] = [];
  const asked: string[] = [];
  let opened = 0;
  let stepped = 0;
  let position = 0;

  const sender = createSender(upstream, 'test');
  const deliver = (request: WireRequest): Promise<WireResponse> =>
    sender(request, `http://127.0.0.1:${port}`);
  const settlement = createSettlement({
    ledger: {
      ...store.ledger,
      async settle(outcome) {
        book();
        await store.ledger.settle(outcome);
      },
    },
    settings: store.settings,
    async account(id) {
      opened += 1;
      return id === 'account_a' ? { vendor, open, upstream: null } : null;
    },
    vendor: (id) => (id === VENDOR ? vendor : null),
    budget: (id) => budgets.find((one) => one.id === id),
    async send(request) {
      asked.push(`${request.path}?${request.query}`);
      const given = (await answer(request)) ?? (await deliver(request));
      return { ...given, body: Buffer.from(edit(given.body.toString())) };
    },
    fingerprint: (text) => `hash of ${text}`,
    journal: async () => {},
    incident: (what) => void incidents.push(what),
    now: () => clock.wall() + stepped,
    steady: clock.wall,
    ...(grace === undefined ? {} : { graceMilliseconds: grace }),
    ...(patience === undefined ? {} : { patienceMilliseconds: patience }),
  });

  const put = async (rows: readonly LedgerRecord[], outcomes: readonly LedgerOutcome[]): Promise<void> => {
    const from = position++;
    const batch = { ...LIFE, from, to: from + 1, head: String(from), outcomes };
    await store.ledger.load({ ...batch, rows: rows.map((row) => ({ ...row, position: from })) });
  };
  async function load(row: Partial<LedgerRecord>, state: 'committed' | 'unknown'): Promise<number> {
    const at = position;
    const { reserves = [], resourceIds = [] } = row;
    for (const [budget, period, amount] of reserves) await grant(store, budget, period, amount);
    const record = { ...BLANK, at: clock.wall() + stepped, ...row, resourceIds: [] };
    await put([record], [outcomeOf({ ...record, position: at }, state, resourceIds)]);
    return at;
  }
  const create = (form: Readonly<Record<string, string>>, kind = 'Messages'): Promise<WireResponse> => {
    const url = `/2010-04-01/Accounts/${credentials['accountSid']}/${kind}.json`;
    return deliver(vendor.custody.authorize(wire(HOST, { url, form }), open, clock.wall()));
  };
  async function sendOne(form: Readonly<Record<string, string>>): Promise<readonly string[]> {
    const response = await create({ From: FROM, ...form });
    const intent = { action: 'message.send', effects: ['spend'], extras: [], destinations: [] };
    return vendor.readSettlement(intent as unknown as Intent, response).resourceIds;
  }
  return {
    sandbox,
    store,
    settlement: {
      ...settlement,
      async round() {
        const [settled, resolved] = await Promise.all([settlement.prices(), settlement.outcomes()]);
        return { settled, resolved };
      },
    },
    incidents,
    asked,
    opened: () => opened,
    async send(form, changes = {}) {
      return load({ resourceIds: await sendOne(form), ...changes }, 'committed');
    },
    async begin(form, known) {
      const row = { ...BLANK, at: clock.wall() + stepped, fingerprints: printsOf(form) };
      const at = position;
      if (known === 'row') await put([row], []);
      const resourceIds = await sendOne(form);
      return async () => {
        if (known === 'row') await put([], [outcomeOf({ ...row, position: at }, 'committed', resourceIds)]);
        else await load({ ...row, resourceIds }, 'committed');
      };
    },
    async lose(form, arrived, kind = 'Messages', reserves = [], fingerprints = printsOf(form)) {
      if (arrived) await create({ From: FROM, ...form }, kind);
      const action = kind === 'Calls' ? 'call.create' : 'message.send';
      return load({ fingerprints, action, reserves }, 'unknown');
    },
    async row(at) {
      const found = await store.ledger.get({ ...LIFE, position: at });
      if (found === null) throw new Error(`there is no row ${at}`);
      return found;
    },
    advance: (milliseconds) => sandbox.advance(milliseconds),
    step: (milliseconds) => void (stepped += milliseconds),
  };
}

const BLANK: LedgerRecord = {
  ...LIFE,
  position: 0,
  at: 0,
  key: 'key_a',
  app: 'app_a',
  account: 'account_a',
  vendor: VENDOR,
  operation: 'CreateMessage',
  action: 'message.send',
  country: 'DE',
  currency: 'USD',
  bound: BOUND,
  amount: BOUND,
  state: 'reserved',
  settled: false,
  reserves: [],
  resourceIds: [],
  fingerprints: [],
};

/** What the ledger keeps of a request. */
export function printsOf({ To = '', From = FROM, Body = '' }: Readonly<Record<string, string>>): string[] {
  return [To, From, Body].map((text) => `hash of ${text}`);
}

function openFrom({ custody }: Vendor, credentials: Readonly<Record<string, string>>): OpenAccount {
  const given = custody.fields.filter(({ name }) => credentials[name] !== undefined);
  const of = (secret: boolean) => given.filter((field) => field.secret === secret);
  return {
    fields: Object.fromEntries(of(false).map(({ name }) => [name, credentials[name] ?? ''])),
    secrets: Object.fromEntries(of(true).map(({ name }) => [name, new Secret(credentials[name] ?? '')])),
  };
}

function outcomeOf(
  { node, epoch, position, bound, reserves }: LedgerRecord,
  state: 'committed' | 'unknown',
  resourceIds: readonly string[],
): LedgerOutcome {
  const spent = state === 'committed' ? reserves.map(([, , amount]) => amount) : [];
  return { of: { node, epoch, position }, state, amount: bound, settled: false, spent, resourceIds };
}

async function grant(store: Store, budget: string, period: number, amount: Reserve[2]): Promise<void> {
  const limit = micros(1_000_000_000);
  await store.leases.grant({ budget, period, since: period, limit, ...LIFE, need: amount, want: amount });
}
