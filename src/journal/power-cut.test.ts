import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { toHex } from './format.ts';
import { incident, isSigned, newDirectory, nextTurn, openFor } from './journal-fixture.ts';
import { createForgetfulDisk } from './power-cut-fixture.ts';
import { readJournal } from './tail.ts';
import { verifyJournal } from './verify.ts';

function seeded(seed: number): () => number {
  let state = seed % 2_147_483_647 || 1;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

test('a power cut at any moment loses no acknowledged record, and the journal opens and verifies afterwards', async (t) => {
  const ROUNDS = 15;
  let cuts = 0;
  let torn = 0;
  for (let round = 1; round <= ROUNDS; round += 1) {
    const random = seeded(round * 7_919);
    const disk = createForgetfulDisk();
    const directory = newDirectory(t);
    const journal = await openFor(t, { directory, files: disk.files, boot: 'before' });
    let durable = 1;
    const onDurable = (position: number) => (error: Error | null) => {
      if (error === null) durable = Math.max(durable, position);
    };
    for (let turn = 0; turn < 15; turn += 1) {
      for (let count = random() * 6; count > 0; count -= 1) {
        const position = journal.append(incident(turn, 'x'.repeat(Math.floor(random() ** 3 * 60_000))));
        journal.onDurable(position, onDurable(position));
      }
      await nextTurn();
      if (random() < 0.3) await new Promise((resolve) => setTimeout(resolve, 2));
      if (random() > 0.3) continue;
      cuts += 1;
      torn += await check(join(directory, `cut-${turn}`), { disk, random, durable });
    }
    await journal.close();
  }
  assert.ok(cuts > ROUNDS, `${cuts} cuts`);
  assert.ok(torn > 10, `${torn} cuts left unfinished records`);

  async function check(
    image: string,
    {
      disk,
      random,
      durable,
    }: { disk: ReturnType<typeof createForgetfulDisk>; random: () => number; durable: number },
  ): Promise<number> {
    disk.cut(image, random);
    const read = await Array.fromAsync(readJournal(image));
    assert.ok(read.length > durable, `acknowledged ${durable}, found ${read.length}`);
    const anchor = read[durable];
    assert.ok(anchor !== undefined);
    const anchors = [{ epoch: 1, position: durable + 1, head: toHex(anchor.head) }];
    const options = { directory: image, node: 'w0', anchors, isSigned, boot: 'after' };
    const first = await verifyJournal(options);
    assert.equal(first.fault, null);
    const next = await openFor(t, { directory: image, boot: 'after' });
    assert.equal(next.epoch, 2);
    next.append(incident(1));
    await next.close();
    const second = await verifyJournal(options);
    assert.equal(second.fault, null);
    assert.equal(second.records, read.length + 5);
    return first.torn.length;
  }
});

test('what the simulated disk forgets would be noticed', async (t) => {
  const disk = createForgetfulDisk();
  const directory = newDirectory(t);
  // A journal that acknowledges without syncing.
  const files = {
    ...disk.files,
    fdatasync: (_fd: number, done: (error: null) => void) => void setImmediate(() => done(null)),
  };
  const journal = await openFor(t, { directory, files });
  const position = journal.append(incident(1));
  await new Promise((resolve) => journal.onDurable(position, resolve));
  disk.cut(join(directory, 'cut'), () => 0);
  assert.equal((await Array.fromAsync(readJournal(join(directory, 'cut')))).length, 0);
});
