import type { Answer, Sent } from '../../api/contract.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import type { CliContext } from '../context.ts';
import { type CommonFlags, type ConfirmedFlags, durationWithin } from '../flags.ts';
import { namesOf } from '../client/names.ts';
import { confirm } from '../terminal/prompt.ts';
import { minute, openSession } from '../session.ts';
import { changeWarnings, currencyWarnings, namedIn } from './budget-warnings.ts';

type Budget = Sent<'budgets.put'>;

export interface SetFlags extends CommonFlags {
  readonly limit: string;
  readonly window: string;
  readonly app?: readonly string[];
  readonly key?: readonly string[];
  readonly vendor?: readonly string[];
  readonly account?: readonly string[];
  readonly action?: readonly string[];
  readonly channel?: readonly string[];
  readonly country?: readonly string[];
  readonly rate?: readonly string[];
}

export async function set(context: CliContext, flags: SetFlags, name: string): Promise<void> {
  const { client, show, warn } = await openSession(context, flags);
  const [limit, currency] = readLimit(flags.limit);
  const before = (await client.call('budgets.list', {})).find((one) => one.name === name);
  const budget = await client.call('budgets.put', {
    name,
    limit,
    currency,
    unit: currency === 'MESSAGES' ? 'count' : 'money',
    window: readWindow(flags.window),
    scope: scopeOf(flags),
    rates: Object.fromEntries((flags.rate ?? []).map(readRate)),
  });
  show(
    budget,
    (now) => `Budget ${now.name} is ${amountText(now.limit, now)} ${now.currency} ${spanText(now.window)}.`,
  );
  if (flags.json) return;
  if (before !== undefined) warn(await changeWarnings(client, before, budget));
  warn(await currencyWarnings(client, budget));
}

function scopeOf(flags: SetFlags): NonNullable<Budget['scope']> {
  const named = {
    apps: flags.app,
    keys: flags.key,
    vendors: flags.vendor,
    accounts: flags.account,
    actions: flags.action,
    channels: flags.channel,
    countries: flags.country,
  };
  const given = Object.entries(named).filter(([, names]) => names !== undefined && names.length > 0);
  return Object.fromEntries(given.map(([dimension, names]) => [dimension, [...(names ?? [])]]));
}

function readLimit(text: string): readonly [amount: string, currency: string] {
  const [amount = '', currency, ...more] = text.trim().split(/\s+/);
  if (currency === undefined || !/^\d/.test(amount) || more.length > 0)
    throw new RingfenceError('usage', 'A limit looks like "20.00 USD", or "500 MESSAGES".');
  return [amount, currency];
}

const readSliding = durationWithin('1m', '3650d');

function readWindow(text: string): Budget['window'] {
  if (text === 'day' || text === 'week' || text === 'month' || text === 'total') return { kind: text };
  try {
    return { kind: 'sliding', milliseconds: readSliding(text) * 1000 };
  } catch {
    throw new RingfenceError(
      'usage',
      'The window is day, week, month, total, or a duration such as 24h, from a minute to ten years.',
    );
  }
}

function readRate(text: string): readonly [string, string] {
  const [, currency = '', rate = ''] = /^([A-Z]{3,12})=([\d.]+)$/.exec(text) ?? [];
  if (currency === '') throw new RingfenceError('usage', 'A rate looks like USD=0.95.');
  return [currency, rate];
}

const UNITS = { h: 3_600_000, m: 60_000, s: 1000 } as const;

/** A window as it is typed in a command: `24h`, `90m`, `61s`. */
export function windowText({
  kind,
  milliseconds,
}: {
  readonly kind: string;
  readonly milliseconds?: number;
}): string {
  if (milliseconds === undefined) return kind;
  const [unit, size] = Object.entries(UNITS).find(([, each]) => milliseconds % each === 0) ?? ['ms', 1];
  return `${milliseconds / size}${unit}`;
}

function spanText(window: Budget['window']): string {
  return window.kind === 'total' ? 'in total' : `per ${windowText(window)}`;
}

/** An amount of a budget. Counts of messages and calls have no decimals. */
export function amountText(amount: string, { unit }: { readonly unit: 'money' | 'count' }): string {
  return unit === 'count' ? amount.replace(/\.00$/, '') : amount;
}

type Listed = Answer<'budgets.list'>[number];

function usedOf({ limit, use }: Listed): number {
  return (Number(use.spent) + Number(use.presumed)) / Number(limit);
}

/** Used share of a budget. Leased money is not used yet. Rounded down, so that 100% means all of it. */
function usedText(budget: Listed): string | null {
  return Number(budget.limit) === 0 ? null : `${Math.floor(usedOf(budget) * 100)}%`;
}

export async function list(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, table, note } = await openSession(context, flags);
  const budgets = await client.call('budgets.list', {});
  const nameOf = await namesOf(client, flags.json ? [] : budgets.flatMap(({ scope }) => namedIn(scope)));
  const presuming = budgets.filter(({ use }) => Number(use.presumed) > 0);
  const column = { PRESUMED: (budget: Listed) => amountText(budget.use.presumed, budget) };
  table(
    budgets,
    {
      NAME: ({ name }) => name,
      LIMIT: (budget) => `${amountText(budget.limit, budget)} ${budget.currency}`,
      WINDOW: ({ window }) => windowText(window),
      ENDS: ({ use }) => minute(use.ends),
      SPENT: (budget) => amountText(budget.use.spent, budget),
      LEASED: (budget) => amountText(budget.use.leased, budget),
      ...(presuming.length === 0 ? {} : column),
      LEFT: (budget) => amountText(budget.use.left, budget),
      USED: usedText,
      'RUNS OUT': (budget) => (usedOf(budget) >= 1 ? 'used up' : minute(budget.use.runsOut)),
      SCOPE: ({ scope }) => namedIn(scope).map(nameOf).join(' ') || 'everything',
    },
    'No budget yet, so nothing limits what is spent. Set one: ringfence budgets set NAME --limit "20.00 USD" --window day',
  );
  if (presuming.length > 0)
    note(
      'PRESUMED counts as spent. What was not is given back by: ringfence budgets release NAME --reason TEXT',
    );
}

export async function remove(context: CliContext, flags: ConfirmedFlags, budget: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  await confirm(context.process, `Remove the budget ${budget}? Nothing limits its spending then.`, flags.yes);
  show(await client.call('budgets.remove', { budget }), () => `Budget ${budget} is removed.`);
}
