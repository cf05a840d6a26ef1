import assert from 'node:assert/strict';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { breakDisk, incident, isSigned, newDirectory, openFor, signText } from './journal-fixture.ts';
import { pruneJournal } from './retention.ts';
import { planRetirement, retire } from './retire.ts';
import { readRetirements, retiredFolder, type Retirement } from './retirement.ts';
import { readJournal } from './tail.ts';
import { verifyJournal } from './verify.ts';

const WHO = { at: 1_700_000_000_000, actor: 'admin/ada', reason: 'bad disk' };
const LOADED = { epoch: 99, position: 1 };

/** Three epochs of several segments each. */
async function fill(t: TestContext): Promise<string> {
  const directory = newDirectory(t);
  for (let life = 0; life < 3; life += 1) {
    const journal = await openFor(t, { directory });
    for (let index = 0; index < 120; index += 1) journal.append(incident(index, 'x'.repeat(5_000)));
    await journal.close();
  }
  return directory;
}

const names = (directory: string): readonly string[] =>
  readdirSync(directory)
    .filter((name) => name.endsWith('.journal'))
    .toSorted();

const verified = (directory: string) => verifyJournal({ directory, node: 'w0', anchors: [], isSigned });

function spoil(directory: string, name: string, at = 400): void {
  const bytes = readFileSync(join(directory, name));
  bytes.writeUInt8((bytes[at] ?? 0) ^ 1, at);
  writeFileSync(join(directory, name), bytes);
}

const spoilEpoch = (directory: string, epoch: number): void =>
  spoil(directory, names(directory).find((name) => name.startsWith(`0000000${epoch}`)) ?? '');

async function plan(directory: string, through: number, loaded: typeof LOADED | null = LOADED) {
  const { faults } = await verified(directory);
  return planRetirement({ directory, node: 'w0', through, faults, loaded });
}

async function retireThrough(directory: string, through: number): Promise<Retirement> {
  const retirement = { ...(await plan(directory, through)), ...WHO };
  await retire(directory, retirement, signText);
  return retirement;
}

test('a damaged epoch goes with everything before it, is kept as it was found, and the rest verifies', async (t) => {
  const directory = await fill(t);
  const rest = await Array.fromAsync(readJournal(directory, { epoch: 3, position: 0 }));
  spoilEpoch(directory, 2);
  const files = new Map(names(directory).map((name) => [name, readFileSync(join(directory, name))]));
  assert.deepEqual(
    (await verified(directory)).faults.map(({ epoch }) => epoch),
    [2],
  );
  const retirement = await retireThrough(directory, 2);
  assert.deepEqual(
    retirement.segments.map(({ name }) => name),
    [...files.keys()].filter((name) => name < '00000003'),
  );
  assert.match(retirement.faults[0] ?? '', /^Record w0-2-\d+: /);
  for (const { name } of retirement.segments)
    assert.deepEqual(readFileSync(join(retiredFolder(directory), name)), files.get(name));
  assert.deepEqual(
    names(directory),
    [...files.keys()].filter((name) => name >= '00000003'),
  );
  const { fault, epochs } = await verified(directory);
  assert.deepEqual([fault, epochs], [null, 1]);
  assert.deepEqual(await Array.fromAsync(readJournal(directory)), rest);
  const [stored, ...others] = await readRetirements(directory, isSigned);
  assert.deepEqual(stored, { retirement, kept: retirement.segments.length, problem: null });
  assert.deepEqual(others, []);
});

test('the journal goes on in a new epoch and is pruned as before', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  await assert.rejects(pruneJournal({ directory, loaded: LOADED, sign: signText }), {
    code: 'verify_failed',
  });
  await retireThrough(directory, 1);
  const journal = await openFor(t, { directory });
  assert.equal(journal.epoch, 4);
  await journal.close();
  assert.ok((await pruneJournal({ directory, loaded: LOADED, sign: signText })).segments > 0);
  assert.equal((await verified(directory)).fault, null);
  assert.equal((await readRetirements(directory, isSigned))[0]?.problem, null, 'pruning leaves it alone');
});

test('only a damaged epoch that has ended and is dealt with in the ledger can be retired', async (t) => {
  const directory = await fill(t);
  await assert.rejects(plan(directory, 1), { code: 'conflict', message: /Nothing is wrong/ });
  spoilEpoch(directory, 2);
  const before = readdirSync(directory);
  await assert.rejects(plan(directory, 1), { message: /Nothing is wrong with epoch 1/ });
  await assert.rejects(plan(directory, 2, null), { message: /not loaded/ });
  await assert.rejects(plan(directory, 2, { epoch: 2, position: 50 }), { message: /not loaded/ });
  spoilEpoch(directory, 3);
  await assert.rejects(plan(directory, 3), { message: /has not ended/ });
  assert.deepEqual(readdirSync(directory), before);
});

test('what is left must begin soundly, and damage in it is still found', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  spoilEpoch(directory, 2);
  await retireThrough(directory, 1);
  assert.deepEqual(
    (await verified(directory)).faults.map(({ epoch }) => epoch),
    [2],
  );
  const [first = ''] = names(directory);
  rmSync(join(directory, first));
  await assert.rejects(plan(directory, 1), { code: 'conflict' });
  await retireThrough(directory, 2);
  assert.equal((await verified(directory)).fault, null);
  assert.deepEqual(
    (await readRetirements(directory, isSigned)).map(({ retirement }) => retirement?.through),
    [1, 2],
  );
});

test('an epoch whose successor has lost its header cannot be retired alone', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  const second = names(directory).find((name) => name.startsWith('00000002')) ?? '';
  spoil(directory, second, 40);
  await assert.rejects(plan(directory, 1), { code: 'verify_failed' });
});

test('evidence that was changed or whose note was edited is a problem; what the operator removed is counted', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  const { segments } = await retireThrough(directory, 1);
  const folder = retiredFolder(directory);
  const [first, second] = segments.map(({ name }) => name);
  rmSync(join(folder, first ?? ''));
  const state = async () => (await readRetirements(directory, isSigned))[0];
  assert.deepEqual([(await state())?.kept, (await state())?.problem], [segments.length - 1, null]);
  spoil(folder, second ?? '');
  assert.match((await state())?.problem ?? '', /is not what was retired/);
  const note = join(folder, '00000001.json');
  writeFileSync(note, readFileSync(note, 'utf8').replace('bad disk', 'all fine'));
  assert.match((await state())?.problem ?? '', /signature/);
  assert.equal((await state())?.retirement, null, 'what it claims is not passed on');
});

test('a note that is not one is a problem that names the file and the remedy, and hides no other', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  await retireThrough(directory, 1);
  const note = join(retiredFolder(directory), '00000001.json');
  writeFileSync(join(retiredFolder(directory), '00000002.json'), readFileSync(note));
  const other = '{"retirement":{"segments":null},"signature":"x"}';
  for (const text of ['null', '', '7', '"x"', '[]', '{}', '{"signature":null}', '{"signature":7}', other]) {
    writeFileSync(note, text);
    const [broken, sound] = await readRetirements(directory, isSigned);
    assert.deepEqual([broken?.retirement, broken?.kept], [null, 0], text);
    assert.match(broken?.problem ?? '', /00000001\.json .*move it away: the records `journal\.retire`/, text);
    assert.equal(sound?.problem, null, text);
  }
});

test('a segment that the disk does not give is named, retired without a hash, and what is missing stays on record', async (t) => {
  const directory = await fill(t);
  const name = names(directory).find((one) => one.startsWith('00000002')) ?? '';
  rmSync(join(directory, name));
  symlinkSync('/proc/self/mem', join(directory, name)); // Its first page is not there: reading it is an I/O error.
  const { faults } = await verified(directory);
  assert.deepEqual(
    faults.map(({ kind, epoch, position }) => [kind, epoch, position]),
    [['unreadable', 2, 0]],
  );
  await assert.rejects(pruneJournal({ directory, loaded: LOADED, sign: signText }), {
    code: 'verify_failed',
  });
  assert.ok(names(directory).includes(name));
  const { segments, faults: noted } = await retireThrough(directory, 2);
  assert.deepEqual(
    segments.flatMap((one) => (one.hash === null ? [one.name] : [])),
    [name],
  );
  assert.match(noted.join(), new RegExp(`^Record w0-2-0: the disk does not give it .*${name}`));
  assert.equal((await verified(directory)).fault, null);
  const state = async () => (await readRetirements(directory, isSigned))[0];
  assert.deepEqual([(await state())?.kept, (await state())?.problem], [segments.length, null]);
  const other = segments.find(({ hash }) => hash !== null)?.name ?? '';
  rmSync(join(retiredFolder(directory), other));
  symlinkSync('/proc/self/mem', join(retiredFolder(directory), other));
  assert.match((await state())?.problem ?? '', /is not what was retired/, 'one that had a hash is missed');
});

test('a process starts again where the disk gives its last epoch in part, and the journal names the place', async (t) => {
  const directory = await fill(t);
  const name = names(directory).findLast((one) => one.startsWith('00000003')) ?? '';
  await breakDisk(t, name, 256 + 1);
  const journal = await openFor(t, { directory });
  assert.equal(journal.epoch, 4);
  await journal.close();
  const { faults } = await verified(directory);
  assert.deepEqual(
    faults.map(({ kind, epoch, position }) => [kind, epoch, position]),
    [['unreadable', 3, Number(name.slice(9, 21))]],
  );
  assert.equal((await retireThrough(directory, 3)).start.epoch, 4);
  assert.equal((await verified(directory)).fault, null);
});

test('the signed note of another journal is refused, and says whose it is', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  const retirement = await retireThrough(directory, 1);
  await retire(directory, { ...retirement, node: 'w1', segments: [], through: 2 }, signText);
  const [own, other] = await readRetirements(directory, isSigned);
  assert.equal(own?.problem, null);
  assert.deepEqual([other?.retirement, other?.kept], [null, 0], 'what it claims is not passed on');
  assert.match(other?.problem ?? '', /00000002\.json is the note .* of w1, not of w0: move it there/);
});

/** Begins at record 0 of epoch 2, or in the middle of it. */
const BEGINNINGS = [
  { begins: 'at an epoch', position: 0, through: 1, segments: [] },
  { begins: 'in an epoch', position: 60, through: 2, segments: ['epoch 2'] },
];

for (const { begins, position, through, segments } of BEGINNINGS)
  test(`a start that cannot be read stops nobody, is named, and is retired where the journal begins ${begins}`, async (t) => {
    const directory = await fill(t);
    await pruneJournal({ directory, loaded: { epoch: 2, position }, sign: signText });
    const path = join(directory, 'start.json');
    for (const text of ['', 'null', '{}', '[1]']) {
      writeFileSync(path, text);
      const { faults } = await verified(directory);
      const remedy = new RegExp(`start\\.json cannot be read: .* \`ringfence journal retire w0 ${through}\``);
      assert.match(faults[0]?.message ?? '', remedy, text);
      const more = { directory, loaded: LOADED, sign: signText };
      await assert.rejects(pruneJournal(more), { code: 'verify_failed', message: remedy });
    }
    const journal = await openFor(t, { directory });
    assert.equal(journal.epoch, 4);
    await journal.close();
    const retirement = await retireThrough(directory, through);
    const gone = new Set(retirement.segments.map(({ name }) => name.replace(/^0000000(\d)-.*/, 'epoch $1')));
    assert.deepEqual([...gone], [...segments, 'start.json']);
    const kept = join(retiredFolder(directory), 'start.json');
    assert.equal(readFileSync(kept, 'utf8'), '[1]');
    assert.equal((await verified(directory)).fault, null);
    assert.equal((await readRetirements(directory, isSigned))[0]?.problem, null);
    await pruneJournal({ directory, loaded: LOADED, sign: signText });
    assert.equal((await verified(directory)).fault, null);
  });

test('a start that cannot be read is moved away where nothing is missing, and stops a journal that has nothing else', async (t) => {
  const directory = await fill(t);
  const path = join(directory, 'start.json');
  writeFileSync(path, 'null');
  const { faults, epochs } = await verified(directory);
  assert.deepEqual([faults.length, epochs], [1, 3]);
  assert.match(faults[0]?.message ?? '', /start\.json cannot be read: .* move it away: nothing is missing/);
  renameSync(path, join(directory, 'moved.json'));
  assert.equal((await verified(directory)).fault, null);
  renameSync(join(directory, 'moved.json'), path);
  for (const name of names(directory)) rmSync(join(directory, name));
  assert.match(
    (await verified(directory)).fault?.message ?? '',
    /start\.json cannot be read: put it back from a backup$/,
  );
  await assert.rejects(openFor(t, { directory }), {
    code: 'verify_failed',
    message: /put it back from a backup/,
  });
});

test('the note of a retirement is never replaced by that of another through the same epoch', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  const first = await retireThrough(directory, 1);
  const note = join(retiredFolder(directory), '00000001.json');
  const broken = ['null', '{"retirement":{"segments":[null]},"signature":"x"}'];
  for (const text of [readFileSync(note, 'utf8'), ...broken]) {
    writeFileSync(note, text);
    writeFileSync(join(directory, 'start.json'), '7');
    const second = await retireThrough(directory, 1);
    assert.deepEqual(
      second.segments.map(({ name }) => name),
      ['start.json'],
    );
    assert.deepEqual(
      (await readRetirements(directory, isSigned)).map(({ retirement }) => retirement),
      [broken.includes(text) ? null : first, second],
    );
  }
});

test('a file that stands where evidence is to be kept is never taken for it', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  const before = names(directory);
  mkdirSync(retiredFolder(directory));
  writeFileSync(join(retiredFolder(directory), before[0] ?? ''), 'something else');
  await assert.rejects(retireThrough(directory, 1), { code: 'conflict', message: /move it away/ });
  assert.deepEqual(names(directory), before);
});

test('a retirement that was cut off anywhere is completed by doing it again, and loses nothing', async (t) => {
  const directory = await fill(t);
  spoilEpoch(directory, 1);
  const planned = await plan(directory, 1);
  const everything = () => [
    ...names(directory),
    ...(existsSync(retiredFolder(directory)) ? names(retiredFolder(directory)) : []),
  ];
  const all = new Set(everything());
  const dying = () => {
    throw new Error('killed');
  };
  await assert.rejects(retire(directory, { ...planned, ...WHO }, dying), /killed/);
  assert.deepEqual(new Set(everything()), all);
  assert.deepEqual((await verified(directory)).faults.length, 1, 'it still begins where it did');
  const dyingLater = (text: string) => (text.includes('journal start') ? dying() : signText(text));
  await assert.rejects(retire(directory, { ...planned, ...WHO }, dyingLater), /killed/);
  await retireThrough(directory, 1);
  assert.equal((await verified(directory)).fault, null);
  assert.deepEqual(new Set(everything()), all);
  assert.equal((await readRetirements(directory, isSigned)).length, 1, 'one note');
  // Killed after the start has moved: the segments have both names, and pruning takes the first ones away.
  const [name = ''] = names(retiredFolder(directory));
  renameSync(join(retiredFolder(directory), name), join(directory, name));
  writeFileSync(join(retiredFolder(directory), name), readFileSync(join(directory, name)));
  assert.equal((await verified(directory)).fault, null);
  await pruneJournal({ directory, loaded: { epoch: 1, position: 0 }, sign: signText });
  assert.ok(!existsSync(join(directory, name)));
});
