import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { readConfig } from '../../config/config.ts';
import { segmentPath } from '../../journal/segments.ts';
import { checkSpace, measureJournals } from './disk-space.ts';

const MIB = 1024 * 1024;
const GIB = 1024 * MIB;
const config = readConfig({});
const elsewhere = readConfig({ store: { kind: 'postgres' } });

test('a disk that the present rate fills within a week is told, long before nothing may be spent', () => {
  const busy = [{ all: GIB, lastDay: GIB }];
  const { state, message } = checkSpace(5 * GIB, config, busy);
  assert.equal(state, 'finding');
  assert.match(message, /^5120 MiB free; .* take 10035 MiB more in a week$/);
  assert.equal(checkSpace(11 * GIB, config, busy).state, 'ok');
});

test('a journal grows no further than what is kept of it, and a store elsewhere not at all', () => {
  const full = [{ all: 8 * GIB, lastDay: GIB }];
  assert.equal(checkSpace(2 * GIB, elsewhere, full).state, 'ok');
  assert.equal(checkSpace(2 * GIB, config, full).state, 'finding', 'the store grows on');
});

test('a quiet gateway has room on a small disk, and an unused one needs none', () => {
  assert.equal(checkSpace(GIB, config, [{ all: 500 * MIB, lastDay: 16 * MIB }]).state, 'ok');
  assert.equal(checkSpace(257 * MIB, config, []).state, 'ok');
  assert.equal(checkSpace(255 * MIB, config, []).state, 'finding');
});

test('a disk with less free than the configuration wants for spending is told', () => {
  const careful = readConfig({ journal: { minFreeBytes: GIB } });
  assert.equal(checkSpace(GIB - 1, careful, []).state, 'finding');
});

test('of each journal is known what it has, and what was written within a day', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-disk-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const now = Date.now();
  mkdirSync(join(folder, 'w0'));
  for (const [epoch, hours] of [1, 25].entries()) {
    const path = segmentPath(join(folder, 'w0'), { epoch: epoch + 1, position: 0 });
    writeFileSync(path, Buffer.alloc(100));
    utimesSync(path, now / 1000, (now - hours * 3_600_000) / 1000);
  }
  assert.deepEqual(await measureJournals(folder, now), [{ all: 200, lastDay: 100 }]);
  assert.deepEqual(await measureJournals(join(folder, 'nothing'), now), []);
});
