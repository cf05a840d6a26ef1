import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Secret } from '../../kernel/secret.ts';
import { addRingKey, createKeyRing, dropOldRingKeys, generateKeyRing } from './key-ring.ts';
import { rekey, type SealedSource } from './rekey.ts';
import { createSealer } from './sealer.ts';

const sources = { random: randomBytes, now: 0 };
const oldRing = generateKeyRing(sources);
const newRing = addRingKey(oldRing, sources);
const sealerOf = (text: string) =>
  createSealer({ keyRing: createKeyRing(text), random: randomBytes, purpose: 'account' });

function recordsOf(count: number): Map<string, string> {
  const id = (n: number) => `account_${String(n).padStart(5, '0')}`;
  const sealed = (n: number) => sealerOf(oldRing).seal({ token: new Secret(`secret ${n}`) }, id(n));
  return new Map(Array.from({ length: count }, (_, n) => [id(n), sealed(n)]));
}

function sourceOf(records: Map<string, string>): SealedSource {
  return {
    name: 'accounts',
    sealer: sealerOf(newRing),
    page: (after, limit) => {
      const ids = [...records.keys()].filter((id) => id > after).toSorted();
      return Promise.resolve(ids.slice(0, limit).map((id) => ({ id, sealed: records.get(id) ?? null })));
    },
    get: (id) => Promise.resolve(records.get(id) ?? null),
    replace: (id, from, to) => {
      const fits = records.get(id) === from;
      if (fits) records.set(id, to);
      return Promise.resolve(fits);
    },
  };
}

test('after re-keying the old ring keys can be dropped', async () => {
  const records = recordsOf(1203);
  const seen: number[] = [];
  const report = await rekey({ sources: [sourceOf(records)], progress: (_, looked) => seen.push(looked) });
  assert.deepEqual(report, { rewrapped: 1203, current: 0, failed: [] });
  assert.deepEqual(seen, [500, 1000, 1203]);
  const sealer = sealerOf(dropOldRingKeys(newRing));
  for (const [id, sealed] of records)
    assert.equal(sealer.open(sealed, id)['token']?.reveal(), `secret ${Number(id.slice(8))}`);
});

test('re-keying that was interrupted goes on where it stopped, and twice is once', async () => {
  const records = recordsOf(20);
  const source = sourceOf(records);
  let left = 7;
  const dying: SealedSource = {
    ...source,
    replace: (...change) => (left-- > 0 ? source.replace(...change) : Promise.reject(new Error('killed'))),
  };
  await assert.rejects(rekey({ sources: [dying] }), /killed/);
  assert.deepEqual(await rekey({ sources: [source] }), { rewrapped: 13, current: 7, failed: [] });
  const before = new Map(records);
  assert.deepEqual(await rekey({ sources: [source] }), { rewrapped: 0, current: 20, failed: [] });
  assert.deepEqual(records, before);
});

test('a record that changes meanwhile keeps the change', async () => {
  const records = recordsOf(3);
  const source = sourceOf(records);
  const id = 'account_00001';
  const changed = sealerOf(oldRing).seal({ token: new Secret('changed') }, id);
  let once = true;
  const racing: SealedSource = {
    ...source,
    replace(target, from, to) {
      if (target === id && once) {
        once = false;
        records.set(id, changed);
      }
      return source.replace(target, from, to);
    },
  };
  assert.equal((await rekey({ sources: [racing] })).rewrapped, 3);
  assert.equal(
    sealerOf(newRing)
      .open(records.get(id) ?? '', id)
      ['token']?.reveal(),
    'changed',
  );
});

test('a record that does not open is named, and the others are still re-wrapped', async () => {
  const records = recordsOf(3);
  records.set('account_00001', records.get('account_00000') ?? '');
  const report = await rekey({ sources: [sourceOf(records)] });
  assert.equal(report.rewrapped, 2);
  assert.deepEqual(
    report.failed.map(({ source, id }) => [source, id]),
    [['accounts', 'account_00001']],
  );
});

test('a record that was removed meanwhile, or has nothing sealed, is no failure', async () => {
  const records = recordsOf(2);
  const source = sourceOf(records);
  const removing: SealedSource = {
    ...source,
    page: async (after, limit) => [
      ...(await source.page(after, limit)),
      ...(after === '' ? [{ id: 'account_z', sealed: null }] : []),
    ],
    replace(id) {
      records.delete(id);
      return Promise.resolve(false);
    },
  };
  assert.deepEqual(await rekey({ sources: [removing] }), { rewrapped: 0, current: 0, failed: [] });
});
