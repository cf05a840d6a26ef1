import assert from 'node:assert/strict';
import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { openJournal, type Journal } from '../../../src/journal/journal.ts';
import { intent, released } from '../../../src/journal/journal-fixture.ts';
import {
  checkNothingLost,
  inject,
  leaveOut,
  newPlace,
  placeIn,
  readStored,
  runChild,
  said,
  verified,
  whyNoStrace,
  type Place,
} from './journal-harness.ts';
import { mountDisk } from './own-disk.ts';

test('after a sync error nothing is acknowledged any more, and nothing acknowledged before is lost', async (t) => {
  const reason = whyNoStrace();
  if (reason !== null) return leaveOut(t, reason);
  let failures = 0;
  for (let when = 1; when <= 12; when += 1) {
    const place = newPlace(t);
    const run = await runChild(place, { turns: 24, under: inject('fdatasync', `error=EIO:when=${when}+`) });
    if (said(run, 'open').length === 0) {
      assert.notEqual(run.code, 0);
      assert.match(run.errors, /EIO/);
    } else {
      failures += 1;
      assert.ok(run.lines.includes('state failed'), run.lines.slice(-3).join());
      const afterError = run.lines.slice(run.lines.findIndex((line) => line.startsWith('lost')));
      assert.deepEqual(said({ ...run, lines: afterError }, 'durable'), []);
    }
    await checkNothingLost(place, run);
    const next = await runChild(place, { turns: 1 });
    assert.equal(next.lines.at(-1), 'closed', next.errors);
    await checkNothingLost(place, next);
  }
  assert.ok(failures > 3, `${failures} runs failed while open`);
});

test('a write error that comes once ends the epoch all the same', async (t) => {
  const reason = whyNoStrace();
  if (reason !== null) return leaveOut(t, reason);
  let failed = 0;
  for (const when of [6, 9, 12]) {
    const place = newPlace(t);
    const run = await runChild(place, { turns: 24, under: inject('pwrite64', `error=EIO:when=${when}`) });
    if (run.lines.includes('state failed')) failed += 1;
    await checkNothingLost(place, run);
  }
  assert.ok(failed > 0);
});

async function openIn(place: Place, minFreeBytes: number): Promise<Journal> {
  const key = createPrivateKey(readFileSync(place.keyFile));
  return openJournal({
    directory: place.directory,
    node: 'w0',
    clock: { wall: Date.now, monotonic: () => performance.now() },
    boot: 'boot',
    version: 'test',
    sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
    segmentBytes: 1024 * 1024,
    minFreeBytes,
    maxLag: 60_000,
  });
}

/** Appends while the journal accepts; returns what was acknowledged. */
async function fill(journal: Journal): Promise<readonly number[]> {
  const durable: number[] = [];
  const padding = 'x'.repeat(10_000);
  for (let count = 0; count < 5_000; count += 1) {
    // The next segment may just be a little late.
    for (let waited = 0; waited < 2400 && !journal.accepts() && journal.state() !== 'full'; waited += 1)
      await sleep(50);
    if (!journal.accepts()) break;
    const position = journal.append(intent(Date.now(), padding));
    journal.onDurable(position, (error) => {
      if (error === null) durable.push(position);
    });
    if (count % 10 === 0) await journal.flush();
  }
  await journal.flush();
  return durable;
}

for (const minFreeBytes of [0, 2 * 1024 * 1024])
  test(`a disk that fills up (${minFreeBytes} bytes kept free) refuses new spending first, and resumes by itself`, async (t) => {
    const disk = mountDisk(t, 8);
    if ('reason' in disk) return leaveOut(t, disk.reason);
    const ballast = join(disk.path, 'ballast');
    const place = placeIn(disk.path);
    const journal = await openIn(place, minFreeBytes);
    writeFileSync(ballast, Buffer.alloc(3 * 1024 * 1024));
    const first = await fill(journal);
    assert.equal(journal.state(), 'full');
    assert.throws(() => journal.append(intent(Date.now())), { code: 'journal_unavailable' });
    for (const position of first.slice(-200)) journal.append(released(Date.now(), position));
    await journal.flush();
    await sleep(1_500);
    assert.equal(journal.accepts(), false, 'it stays full while nothing changes');
    rmSync(ballast);
    for (let waited = 0; waited < 2400 && !journal.accepts(); waited += 1) await sleep(100);
    assert.equal(journal.state(), 'open');
    const second = await fill(journal);
    assert.ok(second.length > 50);
    await journal.close();
    const { keys } = await readStored(place);
    for (const position of [...first, ...second]) assert.ok(keys.has(`1-${position}`));
    assert.equal((await verified(place)).fault, null);
    t.diagnostic(`${first.length} before, ${second.length} after`);
  });
