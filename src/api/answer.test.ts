import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingfenceError } from '../kernel/errors.ts';
import { createAdminApi } from './admin-api.ts';
import type { AdminServices } from './services/all.ts';
import type { JournalEntry } from './services/journal.ts';

type Verify = AdminServices['journal']['verify'];
type Export = AdminServices['journal']['export'];

const AUTHORIZED = { authorization: 'Bearer token' };
const TAKES_SIGNS = { ...AUTHORIZED, accept: 'application/json, application/x-ndjson' };
const VERIFIED = { journals: [], problems: [] };

function apiWith(journal: { readonly verify?: Verify; readonly export?: Export }, reported: unknown[] = []) {
  return createAdminApi({
    services: { journal } as unknown as AdminServices,
    authenticate: () => Promise.resolve('admin'),
    report: (error) => void reported.push(error),
    patience: 1,
  });
}

/** Lines of an answer as they come. */
async function* linesOf(response: Response): AsyncGenerator {
  let rest = '';
  for await (const text of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const lines = (rest + text).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) yield line === '' ? '' : JSON.parse(line);
  }
}

const next = async (lines: AsyncGenerator) => (await lines.next()).value as unknown;
const verifyAt = (api: ReturnType<typeof apiWith>, headers: Record<string, string>, signal?: AbortSignal) =>
  api.request('/v1/journal/verify', { method: 'POST', headers, ...(signal === undefined ? {} : { signal }) });

test('a client that takes signs of life gets them while the gateway works, and at last the result', async () => {
  const work = Promise.withResolvers<typeof VERIFIED>();
  const api = apiWith({
    verify: (progress) => {
      progress?.({ done: 7, total: 0, unit: 'records' });
      return work.promise;
    },
  });
  const lines = linesOf(await verifyAt(api, TAKES_SIGNS));
  const sign = { progress: { done: 7, total: 0, unit: 'records' } };
  assert.deepEqual(await next(lines), sign);
  assert.deepEqual(await next(lines), sign, 'it goes on for as long as the work');
  work.resolve(VERIFIED);
  const rest = await Array.fromAsync(lines);
  assert.deepEqual(rest.at(-1), { result: VERIFIED });
});

test('work that does not tell how far it is tells for how long it has gone on', async () => {
  const api = apiWith({ verify: () => new Promise(() => undefined) });
  const lines = linesOf(await verifyAt(api, TAKES_SIGNS));
  assert.deepEqual(await next(lines), { progress: { done: 0, total: 0, unit: 'seconds' } });
});

test('a late fault is the last line, and one that is not ours tells nothing', async () => {
  const reported: unknown[] = [];
  for (const fault of [new RingfenceError('conflict', 'Changed.'), new Error('hunter2')]) {
    const work = Promise.withResolvers<typeof VERIFIED>();
    const lines = linesOf(await verifyAt(apiWith({ verify: () => work.promise }, reported), TAKES_SIGNS));
    await next(lines);
    work.reject(fault);
    const last = JSON.stringify((await Array.fromAsync(lines)).at(-1));
    assert.ok(
      last.includes(fault instanceof RingfenceError ? '"code":"conflict"' : '"code":"internal"'),
      last,
    );
    assert.ok(!last.includes('hunter2'));
  }
  assert.equal(reported.length, 1);
});

test('an answer that is not late, or whose client takes no signs of life, is one JSON value', async () => {
  const late = apiWith({ verify: () => new Promise((resolve) => setTimeout(resolve, 20, VERIFIED)) });
  const prompt = apiWith({ verify: () => Promise.resolve(VERIFIED) });
  for (const response of [await verifyAt(late, AUTHORIZED), await verifyAt(prompt, TAKES_SIGNS)]) {
    assert.equal(response.headers.get('content-type'), 'application/json');
    assert.deepEqual(await response.json(), VERIFIED);
  }
});

test('a verification, which only reads, ends when its client is gone', async () => {
  const asked = Promise.withResolvers<Parameters<Verify>[0]>();
  const api = apiWith({
    verify: (progress) => {
      asked.resolve(progress);
      return new Promise(() => undefined);
    },
  });
  const controller = new AbortController();
  await verifyAt(api, TAKES_SIGNS, controller.signal);
  const progress = await asked.promise;
  controller.abort();
  assert.throws(() => progress?.({ done: 1, total: 0, unit: 'records' }), { name: 'AbortError' });
});

const ENTRY = {
  node: 'w0',
  epoch: 1,
  position: 0,
  record: { type: 'start', at: 1 },
} as unknown as JournalEntry;

test('an export in which nothing is found for long is kept alive by empty lines', async () => {
  const found = Promise.withResolvers<void>();
  const api = apiWith({
    export: async function* () {
      await found.promise;
      yield ENTRY;
    },
  });
  const lines = linesOf(await api.request('/v1/journal/export', { headers: TAKES_SIGNS }));
  assert.equal(await next(lines), '');
  found.resolve();
  const first = (await Array.fromAsync(lines)).find((line) => line !== '');
  assert.equal((first as JournalEntry).epoch, 1);
});

test('an export of which nothing is read closes its files: its client is gone, or asked with HEAD', async () => {
  let open = 0;
  const api = apiWith({
    export: async function* () {
      open += 1;
      try {
        for (;;) yield await Promise.resolve(ENTRY);
      } finally {
        open -= 1;
      }
    },
  });
  const asked = await api.request('/v1/journal/export', { headers: AUTHORIZED });
  assert.equal(open, 1);
  await asked.body?.cancel();
  assert.equal(open, 0);
  const head = await api.request('/v1/journal/export', { method: 'HEAD', headers: AUTHORIZED });
  assert.deepEqual([head.status, head.body, open], [200, null, 0]);
});

test('a fault after the first lines is a line for who takes signs of life, and breaks the answer off for others', async () => {
  const api = apiWith({
    export: async function* () {
      yield ENTRY;
      await Promise.resolve();
      throw new RingfenceError('verify_failed', 'w0-1-1 does not fit.');
    },
  });
  const lines = await Array.fromAsync(
    linesOf(await api.request('/v1/journal/export', { headers: TAKES_SIGNS })),
  );
  assert.equal((lines.at(-1) as { problem: { code: string } }).problem.code, 'verify_failed');
  const other = await api.request('/v1/journal/export', { headers: AUTHORIZED });
  await assert.rejects(Array.fromAsync(linesOf(other)));
});

test('a long list is written in parts, and other work gets its turn in between', async () => {
  const all = Array.from({ length: 2001 }, (_, place) => ({
    id: `app_${place}`,
    name: `${place}`,
    createdAt: 0,
  }));
  let turns = 0;
  let isOver = false;
  const others = (async () => {
    for (; !isOver; turns += 1) await new Promise(setImmediate);
  })();
  const api = createAdminApi({
    services: { apps: { list: () => Promise.resolve(all) } } as unknown as AdminServices,
    authenticate: () => Promise.resolve('admin'),
  });
  const before = turns;
  const response = await api.request('/v1/apps', { headers: AUTHORIZED });
  assert.ok(turns - before >= 4, `${turns - before}`);
  isOver = true;
  await others;
  const listed = (await response.json()) as readonly { readonly name: string }[];
  assert.deepEqual(new Set(listed.map(({ name }) => name)), new Set(all.map(({ name }) => name)));
});
