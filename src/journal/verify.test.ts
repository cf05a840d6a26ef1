import assert from 'node:assert/strict';
import {
  cpSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { toHex } from './format.ts';
import { openJournal } from './journal.ts';
import {
  chainBefore,
  createBench,
  incident,
  isSigned,
  readRaw,
  rehash,
  signText,
  writeRaw,
  type RawFrame,
  type RawSegment,
} from './journal-fixture.ts';
import { MIN_SEGMENT_BYTES } from './segment-writer.ts';
import { readJournal, type ReadRecord } from './tail.ts';
import { verifyJournal, type Anchor, type JournalVerification } from './verify.ts';

/** One journal for all tests: three epochs, the second one over several segments. Each test spoils its own copy. */
const parent = mkdtempSync(join(tmpdir(), 'ringfence-verify-'));
const original = join(parent, 'original');
let all: readonly ReadRecord[] = [];
let anchors: readonly Anchor[] = [];

before(async () => {
  for (const count of [20, 300, 20]) {
    const bench = createBench();
    const journal = await openJournal({
      directory: original,
      node: 'w0',
      ...bench,
      boot: 'boot-1',
      version: '0.1.0',
      sign: signText,
      segmentBytes: MIN_SEGMENT_BYTES,
      minFreeBytes: 0,
      checkpointEvery: 10,
    });
    for (let index = 0; index < count; index += 1)
      journal.append(incident(index, count > 100 ? 'x'.repeat(3_000) : ''));
    await journal.close();
  }
  all = await Array.fromAsync(readJournal(original));
  anchors = all
    .filter((_, index) => index % 25 === 24)
    .map(anchorAfter)
    .concat(anchorAfter(all.at(-1)));
});
after(() => rmSync(parent, { recursive: true, force: true }));

function anchorAfter(record: ReadRecord | undefined): Anchor {
  assert.ok(record !== undefined);
  return { epoch: record.epoch, position: record.position + 1, head: toHex(record.head) };
}

function path(directory: string, epoch: number, first = 0): string {
  return join(directory, `${String(epoch).padStart(8, '0')}-${String(first).padStart(12, '0')}.journal`);
}

async function verified(directory: string, given: readonly Anchor[] = []): Promise<JournalVerification> {
  return verifyJournal({ directory, node: 'w0', anchors: given, isSigned, boot: 'boot-1' });
}

/** Spoils a copy and tells what is found: `kind epoch-position`. */
async function found(
  spoil: (directory: string) => void,
  given: readonly Anchor[] = [],
): Promise<string | null> {
  const directory = mkdtempSync(join(parent, 'copy-'));
  cpSync(original, directory, { recursive: true });
  spoil(directory);
  const { fault } = await verified(directory, given);
  if (fault !== null) assert.match(fault.message, new RegExp(`w0-${fault.epoch}-${fault.position}\\b`));
  return fault === null ? null : `${fault.kind} ${fault.epoch}-${fault.position}`;
}

/** Rewrites the frames of one segment, checksums corrected. */
function rewrite(
  directory: string,
  place: { readonly epoch: number; readonly first?: number },
  change: (frames: RawFrame[], segment: RawSegment) => void,
): void {
  const file = path(directory, place.epoch, place.first);
  const segment = readRaw(file);
  change(segment.frames, segment);
  writeRaw(file, segment);
}

function frameAt(frames: RawFrame[], index: number): RawFrame {
  const frame = frames[index];
  assert.ok(frame !== undefined);
  return frame;
}

/** First positions of the segments of epoch 2. */
function segmentsOf2(): readonly number[] {
  return readdirSync(original).flatMap((name) =>
    name.startsWith('00000002') ? [Number(name.slice(9, 21))] : [],
  );
}

test('a journal that nobody touched fits, with all anchors', async () => {
  const result = await verified(original, anchors);
  assert.equal(result.fault, null);
  assert.equal(result.records, all.length);
  assert.equal(result.epochs, 3);
  assert.equal(result.signed, all.length - 1, 'only the last close record has no signature after it');
  assert.equal(result.lastAt, all.at(-1)?.record.at);
  assert.deepEqual(result.torn, []);
});

test('a flipped byte anywhere in a record names that record', async () => {
  const { offsets } = readRaw(path(original, 1));
  const at = offsets[7] ?? 0;
  const length = (offsets[8] ?? 0) - at;
  const places = { length: 0, crc: 4, position: 8, hash: 16, payload: 48, last: length - 1 };
  for (const [what, offset] of Object.entries(places)) {
    const spoil = (directory: string): void => {
      const file = readFileSync(path(directory, 1));
      file[at + offset] = (file[at + offset] ?? 0) ^ 0x10;
      writeFileSync(path(directory, 1), file);
    };
    assert.equal(await found(spoil), 'damaged 1-7', what);
  }
});

test('a flipped byte in the header of a segment names the first record of the segment', async () => {
  const first = segmentsOf2()[1] ?? 0;
  for (const offset of [0, 12, 16, 24, 32, 65, 130]) {
    const spoil = (directory: string): void => {
      const file = readFileSync(path(directory, 2, first));
      file[offset] = (file[offset] ?? 0) ^ 1;
      writeFileSync(path(directory, 2, first), file);
    };
    assert.equal(await found(spoil), `damaged 2-${first}`, String(offset));
  }
});

test('a changed payload is found although its checksum was corrected', async () => {
  const spoil = (directory: string): void =>
    rewrite(directory, { epoch: 1 }, (frames) => frameAt(frames, 7).payload.write('"at":9', 19));
  assert.equal(await found(spoil), 'replaced 1-7');
});

test('a removed record is named, whether its gap was closed or left blank', async () => {
  const close = (directory: string): void =>
    rewrite(directory, { epoch: 1 }, (frames) => void frames.splice(7, 1));
  assert.equal(await found(close), 'removed 1-7');
  const wipe = (directory: string): void => {
    const { offsets } = readRaw(path(directory, 1));
    const file = readFileSync(path(directory, 1));
    file.fill(0, offsets[7], offsets[8]);
    writeFileSync(path(directory, 1), file);
  };
  assert.equal(await found(wipe), 'damaged 1-7');
});

test('two records that changed places are found, with or without their positions', async () => {
  const swap = (directory: string): void =>
    rewrite(directory, { epoch: 1 }, (frames) => {
      const [seven, eight] = [frameAt(frames, 7), frameAt(frames, 8)];
      frames[7] = eight;
      frames[8] = seven;
    });
  assert.equal(await found(swap), 'reordered 1-7');
  const exchange = (directory: string): void =>
    rewrite(directory, { epoch: 1 }, (frames) => {
      const [seven, eight] = [frameAt(frames, 7), frameAt(frames, 8)];
      [seven.payload, eight.payload] = [eight.payload, seven.payload];
    });
  assert.equal(await found(exchange), 'replaced 1-7');
});

test('a repeated record is found', async () => {
  const spoil = (directory: string): void =>
    rewrite(directory, { epoch: 1 }, (frames) => void frames.splice(8, 0, frameAt(frames, 7)));
  assert.equal(await found(spoil), 'reordered 1-8');
});

test('a replaced record with a recomputed hash breaks the chain at the record after it', async () => {
  const spoil = (directory: string): void =>
    rewrite(directory, { epoch: 1 }, (frames, segment) => {
      frameAt(frames, 7).payload = Buffer.from('{"type":"close","at":1}');
      const changed = frames.slice(0, 8);
      rehash(changed, 7, chainBefore(segment));
    });
  assert.equal(await found(spoil), 'replaced 1-8');
});

test('a tail that was hashed anew without the key fails at its first checkpoint', async () => {
  const spoil = (directory: string): void =>
    rewrite(directory, { epoch: 1 }, (frames, segment) => {
      frameAt(frames, 7).payload = Buffer.from(JSON.stringify(incident(7, 'innocent')));
      rehash(frames, 7, chainBefore(segment));
    });
  assert.equal(await found(spoil), 'forged 1-12');
});

test('a corrected checkpoint head does not help without the key, nor does a checkpoint of another place', async () => {
  const forge = (signatureOf: (own: string, frames: RawFrame[]) => string) => (directory: string) =>
    rewrite(directory, { epoch: 1 }, (frames, segment) => {
      frameAt(frames, 7).payload = Buffer.from(JSON.stringify(incident(7, 'innocent')));
      rehash(frames, 7, chainBefore(segment));
      const checkpoint = frameAt(frames, 12);
      const record = JSON.parse(checkpoint.payload.toString()) as { head: string; signature: string };
      record.head = frameAt(frames, 11).head.toString('hex');
      record.signature = signatureOf(record.signature, frames);
      checkpoint.payload = Buffer.from(JSON.stringify(record));
      rehash(frames, 12, chainBefore(segment));
    });
  assert.equal(await found(forge((own) => own)), 'forged 1-12');
  assert.equal(await found(forge(() => '')), 'forged 1-12');
  const ofFirst = (_own: string, frames: RawFrame[]): string =>
    (JSON.parse(frameAt(frames, 1).payload.toString()) as { signature: string }).signature;
  assert.equal(await found(forge(ofFirst)), 'forged 1-12');
});

test('checkpoints cannot be left out for long', async () => {
  const spoil = (directory: string): void =>
    rewrite(directory, { epoch: 3 }, (frames, segment) => {
      const kept = frames.filter(({ payload }) => !payload.includes('"checkpoint"'));
      const close = kept.pop();
      while (kept.length < 1_200) kept.push({ ...frameAt(kept, 1) });
      frames.splice(0, frames.length, ...kept, ...(close === undefined ? [] : [close]));
      for (const [position, frame] of frames.entries()) frame.position = position;
      rehash(frames, 0, chainBefore(segment));
    });
  assert.equal(await found(spoil), 'forged 3-1000');
});

test('a cut tail is found by the link of the next epoch, or by the anchors when it was the last', async () => {
  const { offsets, frames } = readRaw(path(original, 1));
  assert.equal(await found((directory) => truncateSync(path(directory, 1), offsets[15])), 'truncated 1-15');
  const last = readRaw(path(original, 3));
  const cut = (directory: string): void => truncateSync(path(directory, 3), last.offsets[15]);
  assert.equal(await found(cut), null, 'the journal alone cannot know');
  assert.equal(await found(cut, anchors), 'truncated 3-15');
  const half = (directory: string): void => truncateSync(path(directory, 1), (offsets[15] ?? 0) + 20);
  assert.equal(await found(half), 'truncated 1-15');
  assert.ok(frames.length > 16);
});

test('a file that a broken off copy ends within a record is found, also where nothing else tells of its end', async () => {
  const { offsets } = readRaw(path(original, 3));
  for (const more of [1, 20, 48, 60]) {
    const cut = (directory: string): void => truncateSync(path(directory, 3), (offsets[15] ?? 0) + more);
    assert.equal(await found(cut), 'truncated 3-15', `${more} bytes`);
  }
});

test('a cut middle of an epoch is found by the segment that follows', async () => {
  const [first = 0, second = 0] = segmentsOf2();
  const { offsets } = readRaw(path(original, 2, first));
  assert.equal(await found((directory) => truncateSync(path(directory, 2), offsets[30])), 'removed 2-30');
  const half = (directory: string): void => truncateSync(path(directory, 2), (offsets[30] ?? 0) + 60);
  assert.equal(await found(half), 'damaged 2-30');
  assert.ok(second > 30);
});

test('a deleted segment is found, wherever it was', async () => {
  const [, second = 0, third = 0] = segmentsOf2();
  const last = segmentsOf2().at(-1) ?? 0;
  assert.ok(third < last);
  const remove =
    (epoch: number, first = 0) =>
    (directory: string) =>
      rmSync(path(directory, epoch, first));
  assert.equal(await found(remove(1)), 'removed 1-0');
  assert.equal(await found(remove(2)), 'removed 2-0');
  assert.equal(await found(remove(2, second)), `removed 2-${second}`);
  assert.equal(await found(remove(2, last)), `truncated 2-${last}`);
  assert.equal(await found(remove(3)), null, 'the journal alone cannot know');
  assert.equal(await found(remove(3), anchors), 'removed 3-0');
  const removeAll = (epoch: number) => (directory: string) => {
    for (const name of readdirSync(directory))
      if (name.startsWith(`0000000${epoch}`)) rmSync(join(directory, name));
  };
  assert.equal(await found(removeAll(2)), 'removed 2-0');
  assert.equal(
    await found((directory) => [1, 2, 3].forEach((epoch) => removeAll(epoch)(directory)), anchors),
    'removed 1-0',
  );
});

test('a renamed segment, or one of another node, is found', async () => {
  const [, second = 0] = segmentsOf2();
  const rename = (directory: string): void => renameSync(path(directory, 3), path(directory, 4));
  assert.equal(await found(rename), 'reordered 4-0');
  const exchange = (directory: string): void => {
    renameSync(path(directory, 2), path(directory, 9));
    renameSync(path(directory, 2, second), path(directory, 2));
    renameSync(path(directory, 9), path(directory, 2, second));
  };
  assert.equal(await found(exchange), 'reordered 2-0');
  const result = await verifyJournal({ directory: original, node: 'w1', anchors: [], isSigned });
  assert.equal(result.fault?.kind, 'replaced');
});

test('anchors find a record that was replaced together with everything after it, key or no key', async () => {
  const at = all.find(({ epoch, position }) => epoch === 3 && position === 5);
  const spoil = (directory: string): void =>
    rewrite(directory, { epoch: 3 }, (frames, segment) => {
      frameAt(frames, 5).payload = Buffer.from(JSON.stringify(incident(7, 'innocent')));
      rehash(frames, 5, chainBefore(segment));
      frames.splice(10);
    });
  assert.equal(await found(spoil), null, 'fewer records than a checkpoint covers');
  assert.equal(await found(spoil, [anchorAfter(at)]), 'replaced 3-5');
  assert.equal(await found(spoil, [anchorAfter(all.at(-1))]), 'truncated 3-10');
});

test('intact frames that are not what must stand there are found', async () => {
  const put = (index: number, text: string) => (directory: string) =>
    rewrite(directory, { epoch: 3 }, (frames, segment) => {
      frames.splice(index + 1);
      frameAt(frames, index).payload = Buffer.from(text);
      rehash(frames, index, chainBefore(segment));
    });
  const open = readRaw(path(original, 3)).frames[0]?.payload.toString() ?? '';
  assert.equal(await found(put(5, 'not json')), 'malformed 3-5');
  assert.equal(await found(put(5, 'null')), 'malformed 3-5');
  assert.equal(await found(put(5, '{"type":"close"}')), 'malformed 3-5');
  assert.equal(await found(put(5, open)), 'malformed 3-5');
  assert.equal(await found(put(0, '{"type":"close","at":1}')), 'malformed 3-0');
  assert.equal(await found(put(0, open.replace('"epoch":3', '"epoch":4'))), 'malformed 3-0');
  assert.equal(await found(put(0, open.replace('boot-1', 'boot-2'))), 'malformed 3-0');
  assert.equal(await found(put(0, open.replace(/"previous":"./, '"previous":"'))), 'malformed 3-0');
});

test('random damage of any kind never passes unseen, and never names a record before it', async () => {
  const [first = 0, second = 0] = segmentsOf2();
  const file = path(original, 2, first);
  const { offsets } = readRaw(file);
  const bytes = readFileSync(file);
  const end = offsets.at(-1) ?? 0;
  let seed = 12_345;
  const random = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
  for (let round = 0; round < 60; round += 1) {
    const at = 256 + random(end - 256);
    const copy = Buffer.from(bytes);
    for (let index = 0; index <= random(4); index += 1)
      copy[at + index] = (copy[at + index] ?? 0) ^ (1 + random(255));
    const expected = offsets.findLastIndex((offset) => offset <= at);
    const named = await found((directory) => writeFileSync(path(directory, 2), copy));
    const [kind, place] = named?.split(' ') ?? [];
    assert.ok(kind !== undefined, `round ${round}`);
    assert.equal(place, `2-${expected}`, `round ${round}: ${kind}`);
  }
  assert.ok(second > 0);
});

test('each damaged epoch is named once, and the others are still checked', async () => {
  const directory = mkdtempSync(join(parent, 'copy-'));
  cpSync(original, directory, { recursive: true });
  rewrite(directory, { epoch: 1 }, (frames) => frames.splice(4, 2));
  const file = readFileSync(path(directory, 2));
  file.writeUInt8((file[20] ?? 0) ^ 1, 20);
  writeFileSync(path(directory, 2), file);
  const result = await verified(directory, anchors);
  assert.deepEqual(
    result.faults.map(({ kind, epoch, position }) => `${kind} ${epoch}-${position}`),
    ['removed 1-4', 'damaged 2-0'],
  );
  assert.deepEqual(result.fault, result.faults[0]);
  assert.equal(result.epochs, 2, 'epoch 1 up to its fault, and epoch 3');
  assert.equal(result.lastAt, all.at(-1)?.record.at);
  rewrite(directory, { epoch: 3 }, (frames) => frames.splice(2, 1));
  assert.equal((await verified(directory, anchors)).faults.length, 3);
});

test('records that the store has seen of an epoch are missed even when the next epoch seems to continue', async () => {
  const last = anchors.findLast(({ epoch }) => epoch === 2);
  assert.ok(last !== undefined);
  const beyond = { ...last, position: last.position + 1_000 };
  const result = await verified(original, [...anchors, beyond]);
  assert.deepEqual(
    result.faults.map(({ kind, epoch }) => `${kind} ${epoch}`),
    ['truncated 2'],
  );
  assert.equal(result.epochs, 3, 'the epoch after it is checked');
});
