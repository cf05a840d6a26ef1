import type { Answer } from '../../api/contract.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { formatMicros, micros, parseMicros } from '../../kernel/money.ts';
import type { CliContext } from '../context.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { minute, openSession, tableText } from '../session.ts';
import { confirm } from '../terminal/prompt.ts';
import { amountText } from './budgets.ts';

type Presumed = Answer<'budgets.presumed'>;

/** Lists the money of a budget that is presumed spent, by the process that held it. */
export async function presumed(context: CliContext, flags: CommonFlags, budget: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  show(await client.call('budgets.presumed', { budget }), presumedText);
}

function presumedText(now: Presumed): string {
  if (now.held.length === 0) return `Nothing is presumed spent of budget ${now.name}.`;
  return [
    tableText(now.held, {
      PROCESS: ({ process }) => process,
      PERIOD: ({ period }) => minute(period) ?? 'total',
      PRESUMED: ({ amount }) => `${amountText(amount, now)} ${now.currency}`,
    }),
    'These processes ended, and what they did last may be lost: the rest of their money counts as spent. Compare the',
    "vendor's records of that time with `ringfence ledger list`, then give back what was not spent:",
    'ringfence budgets release NAME --reason TEXT',
  ].join('\n');
}

export interface ReleaseFlags extends ConfirmedFlags {
  readonly amount?: string;
  readonly process?: string;
  readonly reason: string;
}

/** Shows what is presumed spent and, once that is confirmed, gives it back to the budget. */
export async function release(context: CliContext, flags: ReleaseFlags, budget: string): Promise<void> {
  const { client, show, note } = await openSession(context, flags);
  const { process, reason } = flags;
  const all = await client.call('budgets.presumed', { budget });
  const now = process === undefined ? all : ofProcess(all, process);
  const amount = flags.amount === undefined ? undefined : readReleased(flags.amount, now);
  if (now.held.length > 0) {
    for (const one of now.held) note(`${one.process} held ${amountText(one.amount, now)} ${now.currency}`);
    const given = `${amountText(amount ?? now.presumed, now)} ${now.currency}`;
    const question = `Give ${given} back to budget ${now.name}? If it was spent after all, it is spent past the budget.`;
    await confirm(context.process, question, flags.yes);
  }
  const released = await client.call('budgets.release', {
    budget,
    presumed: now.presumed,
    amount,
    process,
    reason,
  });
  show(
    released,
    (done) => `${amountText(done.released, done)} ${done.currency} are back in budget ${done.name}.`,
  );
}

function ofProcess(all: Presumed, process: string): Presumed {
  const held = all.held.filter((one) => one.process === process);
  const sum = held.reduce((total, { amount }) => total + (parseMicros(amount) ?? 0), 0);
  return { ...all, held, presumed: formatMicros(micros(sum)) };
}

/** Reads an amount, with or without the budget's currency. Throws `usage` for another one. */
function readReleased(text: string, { name, currency }: Presumed): string {
  const [amount = '', given = currency, ...more] = text.trim().split(/\s+/);
  if (!/^\d/.test(amount) || more.length > 0)
    throw new RingfenceError('usage', `An amount looks like "20.00 ${currency}".`);
  if (given !== currency) throw new RingfenceError('usage', `The budget ${name} counts ${currency}.`);
  return amount;
}
