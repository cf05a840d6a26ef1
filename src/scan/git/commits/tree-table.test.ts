import assert from 'node:assert/strict';
import { test } from 'node:test';
import { applyDelta, createRuns, readDeltaSizes } from '../delta.ts';
import type { IntList } from './int-list.ts';
import { carryOut, encodeDelta, type Instruction } from '../objects/pack-fixture.ts';
import { createRandom, type Random } from '../objects/random-history-fixture.ts';
import { createTreeReader, createTreeTable, type TreeBytes } from './tree-table.ts';

const TREES = 3000;
const HASH_BYTES = 20;
const NAMES = ['a', 'some name', '40000 a', 'x.env'];

const numbersIn = ({ values, length }: IntList): number[] => [...values.subarray(0, length)];
const reader = createTreeReader(HASH_BYTES, (bytes, idAt, isFolder) =>
  isFolder ? (bytes[idAt] as number) : -1,
);

/** Entries of which some ids look like the head of an entry. */
function randomEntries(random: Random): Buffer[] {
  return Array.from({ length: random(9) }, () => {
    const id = Buffer.alloc(HASH_BYTES, random(20));
    if (random(3) === 0) id.write('40000 a\0', random(12), 'latin1');
    const name = NAMES[random(NAMES.length)] ?? 'a';
    return Buffer.concat([Buffer.from(`${random(3) === 0 ? '100644' : '40000'} ${name}\0`), id]);
  });
}

/** Copies that begin and end at entries or near to them, and other entries between. */
function randomInstructions(random: Random, entries: readonly Buffer[]): Instruction[] {
  const size = Buffer.concat(entries).length;
  const edges = [0, ...entries.map((_, index) => Buffer.concat(entries.slice(0, index + 1)).length)];
  const near = (at: number): number =>
    Math.max(0, Math.min(size, at + (random(2) === 0 ? 0 : random(9) - 4)));
  const instructions: Instruction[] = [];
  let last = 0;
  for (let count = random(5); count >= 0; count--) {
    const start = random(4) === 0 ? random(edges.length) : Math.min(edges.length - 1, last + random(2));
    last = start + random(edges.length - start);
    const from = near(edges[start] as number);
    instructions.push({ from, length: Math.max(0, near(edges[last] as number) - from) });
    if (random(3) === 0) instructions.push({ text: Buffer.concat(randomEntries(random)).toString('latin1') });
  }
  return instructions.filter((one) => ('text' in one ? one.text !== '' : one.length > 0));
}

function derive(base: Buffer, instructions: readonly Instruction[]) {
  const content = carryOut(base, instructions);
  const delta = Buffer.from(encodeDelta(base.length, content.length, instructions));
  const memory = Buffer.concat([delta, base, Buffer.alloc(content.length)]);
  const runs = createRuns();
  const next = readDeltaSizes(memory, 0, delta.length)?.next ?? 0;
  const [baseAt, at, size] = [delta.length, delta.length + base.length, content.length];
  const job = { delta: next, deltaEnd: delta.length, base: baseAt, baseSize: base.length, at, size };
  assert.ok(applyDelta(memory, job, runs));
  const tree: TreeBytes = { bytes: memory, at, size };
  return { tree, runs, baseTree: { bytes: memory, at: baseAt, size: base.length } };
}

test('what is read of a changed tree is what reading it whole gives, and the change leads there from its base', () => {
  for (let seed = 0; seed < TREES; seed++) {
    const random = createRandom(seed);
    const entries = randomEntries(random);
    const { tree, runs, baseTree } = derive(Buffer.concat(entries), randomInstructions(random, entries));
    const [base, whole, into] = [createTreeTable(), createTreeTable(), createTreeTable()];
    reader.whole(baseTree, base);
    reader.whole(tree, whole);
    const change = { added: createTreeTable().held, removed: createTreeTable().held };
    reader.derived(tree, { base, runs }, { into, change });
    assert.deepEqual(numbersIn(into.ends), numbersIn(whole.ends), `seed ${seed}`);
    assert.deepEqual(numbersIn(into.held), numbersIn(whole.held), `seed ${seed}`);
    const [before, after] = [new Set(numbersIn(base.held)), new Set(numbersIn(whole.held))];
    for (const number of after)
      assert.ok(number < 0 || before.has(number) || numbersIn(change.added).includes(number), `seed ${seed}`);
    for (const number of before)
      assert.ok(
        number < 0 || after.has(number) || numbersIn(change.removed).includes(number),
        `seed ${seed}`,
      );
  }
});
