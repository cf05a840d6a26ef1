import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPriceFile } from '../../guard/prices/read-price-file.ts';
import type { PriceRecord } from '../../store/records.ts';
import type { AdminServices } from '../services/all.ts';
import { priceHandlers } from './prices.ts';

const HEAD = 'vendor,account,item,amount,currency';

function importing(...lines: readonly string[]): Promise<readonly PriceRecord[]> {
  let stored: readonly PriceRecord[] = [];
  const services = {
    vendors: [{ id: 'acme' }],
    accounts: { list: () => Promise.resolve([{ id: 'account_1', name: 'main', vendor: 'acme' }]) },
    prices: {
      readFile: readPriceFile,
      put: (rows: readonly PriceRecord[]) => Promise.resolve((stored = rows).length),
    },
  } as unknown as AdminServices;
  const input = { text: [HEAD, ...lines].join('\n'), format: 'csv' as const };
  const { signal } = new AbortController();
  const answer = priceHandlers['prices.import']({
    services,
    input,
    actor: 'ada',
    signal,
    progress: () => undefined,
  });
  return Promise.resolve(answer).then(() => stored);
}

test('a price of an account is its price, whether it is called by name or by id', async () => {
  const rows = await importing(
    'acme,main,message.send/mms,0.01,USD',
    'acme,account_1,call.sms,0.02,USD',
    'acme,,lookup/carrier,0.03,USD',
  );
  assert.deepEqual(
    rows.map(({ account }) => account),
    ['account_1', 'account_1', null],
  );
});

test('a price that could never count is refused by name', async () => {
  const cases = [
    ['acne,,message.send/mms,0.01,USD', /no vendor "acne"/],
    ['acme,mian,message.send/mms,0.01,USD', /no acme account "mian"/],
    ['acme,,message.sent/sms,0.01,USD', /row 1: there is no item "message.sent\/sms"/],
    ['acme,,message.send/mmss,0.01,USD', /row 1: there is no item/],
  ] as const;
  for (const [line, message] of cases) await assert.rejects(async () => importing(line), { message }, line);
});

test('an account called by name and by id is one: two prices of it that differ are refused', async () => {
  const name = 'acme,main,message.send/mms,0.01,USD';
  const id = 'acme,account_1,message.send/mms,0.02,USD';
  await assert.rejects(async () => importing(name, id), {
    message: /rows 1 and 2 price the same, differently/,
  });
  assert.equal((await importing(name, id.replace('0.02', '0.01'))).length, 2);
});

test('prices of a vendor that does not exist are neither listed nor removed: a slip would look like success', async () => {
  const services = {
    vendors: [{ id: 'acme' }],
    prices: { list: () => Promise.resolve([]), remove: () => Promise.resolve(0) },
  } as unknown as AdminServices;
  const { signal } = new AbortController();
  const common = { services, actor: 'ada', signal, progress: () => undefined };
  const list = async (vendor: string) =>
    priceHandlers['prices.list']({ ...common, input: { vendor, limit: 10 } });
  const remove = async (vendor: string) => priceHandlers['prices.remove']({ ...common, input: { vendor } });
  for (const call of [list, remove]) {
    await assert.rejects(call('acne'), { code: 'not_found', message: /no vendor "acne"/ });
    for (const known of ['acme', '*']) await call(known);
  }
});

test('other work gets its turn while a long price file is read, and each row is read once', async () => {
  let read = 0;
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    for (; !isOver; turns += 1) await new Promise(setImmediate);
  })();
  const row = { vendor: 'acme', account: null, item: 'lookup/carrier', from: 0 } as PriceRecord;
  const services = {
    vendors: [{ id: 'acme' }],
    accounts: { list: () => Promise.resolve([]) },
    prices: {
      *readFile() {
        for (; read < 5000; read += 1) yield { ...row, prefix: `${read}` };
      },
      put: (rows: readonly PriceRecord[]) => Promise.resolve(rows.length),
    },
  } as unknown as AdminServices;
  const { signal } = new AbortController();
  const common = { services, actor: 'ada', signal, progress: () => undefined };
  const answer = await priceHandlers['prices.import']({ ...common, input: { text: '', format: 'csv' } });
  assert.ok(turns >= 9, `${turns}`);
  isOver = true;
  await others;
  assert.deepEqual([answer, read], [{ imported: 5000 }, 5000]);
});
