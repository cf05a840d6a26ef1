import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { micros } from '../../kernel/money.ts';
import type { ToPrimary } from '../processes/messages.ts';
import { createPrimaryLine } from './primary-line.ts';

const ask = { budget: 'b', need: micros(1), want: micros(9), isBackground: false };
const grant = { granted: micros(9), left: micros(0), period: 0, end: 1 };
const pool = { limit: 'l', key: 'k', most: 2, count: 1 };

function openLine() {
  const posted: ToPrimary[] = [];
  const line = createPrimaryLine(
    (message) => posted.push(message),
    () => 7,
  );
  const ids = () => posted.map((message) => ('id' in message ? message.id : assert.fail()));
  return { line, posted, ids };
}

describe('what a process asks of its primary', () => {
  it('is answered to whoever asked, in whatever order the answers come', async () => {
    const { line, ids } = openLine();
    const money = line.bank.grant(ask);
    const permits = line.permits.ask(pool);
    const more = line.permits.ask({ ...pool, key: 'other' });
    const [first = 0, second = 0, third = 0] = ids();
    line.permitsGranted(third, 2);
    line.granted(first, grant);
    line.permitsGranted(second, 1);
    assert.deepEqual(await Promise.all([money, permits, more]), [grant, 1, 2]);
  });

  it('fails when the bank could not answer', async () => {
    const { line, ids } = openLine();
    const money = line.bank.grant(ask);
    line.granted(ids()[0] ?? 0, null);
    await assert.rejects(money, /no answer/);
  });

  it('says with returned money how far the journal was written', () => {
    const { line, posted } = openLine();
    line.bank.giveBack('b', 5, micros(3));
    assert.deepEqual(posted, [{ type: 'give-back', budget: 'b', period: 5, amount: 3, position: 7 }]);
  });
});
