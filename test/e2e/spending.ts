import { setTimeout as sleep } from 'node:timers/promises';
import { micros } from '../../src/kernel/money.ts';
import type { Primary } from '../../src/node/primary.ts';
import type { FleetReport } from '../../src/node/processes/fleet.ts';
import type { BudgetRecord } from '../../src/store/records.ts';
import { ALLOWED, FROM, type TestNode } from './node-fixture.ts';

/** Price of a message that `sendMessage` sends, in micros of a dollar. */
export const PRICE = 100_000;

export interface SentMessage {
  readonly status: number;
  /** `allowed`, or the code of the refusal. */
  readonly code: string;
}

/** Sends a message as an app does that holds the node's key of this vendor. */
export async function sendMessage(
  { gateway, parts }: TestNode,
  headers: Readonly<Record<string, string>> = {},
): Promise<SentMessage> {
  const { accountSid = '', authToken = '' } = parts('twilio', 'secret');
  const url = `${gateway}/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`, ...headers },
    body: new URLSearchParams({ To: ALLOWED, From: FROM, Body: 'x' }),
  });
  await response.body?.cancel();
  const decision = response.headers.get('ringfence-decision') ?? '';
  const code = /code=(\w+)/.exec(decision)?.[1] ?? decision.split(';')[0] ?? '';
  return { status: response.status, code };
}

/** The same as an app that asks again while the money is on its way: on a slow machine a request may not wait for it. */
export function sendAtLast(node: TestNode): Promise<SentMessage> {
  return until(async () => {
    const sent = await sendMessage(node);
    return sent.code === 'budget_unavailable' ? null : sent;
  });
}

/** Puts a budget of so many messages in force, which never begins anew. */
export async function allowMessages(
  primary: Primary,
  id: string,
  messages: number,
  scope: BudgetRecord['scope'] = {},
): Promise<void> {
  await primary.store.budgets.put({
    id,
    name: id,
    scope,
    unit: 'money',
    currency: 'USD',
    limit: micros(messages * PRICE),
    window: { kind: 'total' },
    rates: {},
    createdAt: 0,
  });
  await primary.refreshBudgets();
}

/** What the ledger has booked to a budget that never begins anew. */
export async function spentOf({ store }: Primary, budget: string): Promise<number | undefined> {
  return (await store.leases.periods(budget, 0))[0]?.spent;
}

/** What `read` gives once it gives something. A slow machine takes seconds for what else takes milliseconds. */
export async function until<T>(read: () => Promise<T | null>): Promise<T> {
  for (let tries = 0; tries < 600; tries++) {
    const found = await read();
    if (found !== null) return found;
    await sleep(50);
  }
  throw new Error('it did not happen in thirty seconds');
}

/** What all processes say of themselves. One that is busy for a second is missing in what the supervisor tells. */
export function allReports({ supervisor, config }: Primary): Promise<readonly FleetReport[]> {
  return until(async () => {
    const told = await supervisor.reports();
    return told.length === config.workers ? told : null;
  });
}

/** The same of the first. A missing one must not be taken for process 0: that is everything that the test belongs to. */
export function firstReport({ supervisor }: Primary): Promise<FleetReport> {
  return until(async () => (await supervisor.reports()).find(({ node }) => node === 'w0') ?? null);
}
