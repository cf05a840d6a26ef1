import type { CliContext } from '../context.ts';
import { EXIT } from '../failure.ts';
import type { CommonFlags } from '../flags.ts';
import { minute, openSession, tableText } from '../session.ts';

export interface ListFlags extends CommonFlags {
  readonly key?: string;
  readonly app?: string;
  readonly state?: 'reserved' | 'committed' | 'released' | 'unknown';
  readonly limit?: number;
}

export async function list(context: CliContext, flags: ListFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const { key, app, state, limit } = flags;
  table(await client.call('ledger.list', { key, app, state, limit }), {
    ID: ({ id }) => id,
    TIME: ({ at }) => minute(at),
    OPERATION: ({ operation }) => operation,
    TO: ({ country }) => country,
    STATE: stateOf,
    AMOUNT: ({ amount, currency }) => `${amount} ${currency}`,
  });
}

/** Says where the amount is the bound: for now, or for good because no price was stated in its currency. */
function stateOf({
  state,
  settled,
  atBound,
}: {
  readonly state: string;
  readonly settled: boolean;
  readonly atBound: boolean;
}): string {
  if (state !== 'committed') return state;
  if (atBound) return 'committed (bound, no price)';
  return settled ? state : 'committed (bound)';
}

export async function verify(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, show } = await openSession(context, flags);
  const result = await client.call('ledger.verify', {});
  if (result.problems.length > 0) context.exit(EXIT.findings);
  show(result, ({ rows, periods, problems, totals }) => {
    const verdict = problems.length === 0 ? 'no contradiction' : `${problems.length} contradictions`;
    const head = [`${rows} rows and ${periods} budget periods: ${verdict}.`, ...problems].join('\n');
    if (totals.length === 0) return head;
    const columns = {
      STATE: (one: (typeof totals)[number]) => one.state,
      ROWS: (one: (typeof totals)[number]) => String(one.rows),
      AMOUNT: (one: (typeof totals)[number]) => `${one.amount} ${one.currency}`,
    };
    return `${head}\n\n${tableText(totals, columns)}`;
  });
}
