import {
  carryOut,
  encodeDelta,
  type HashName,
  idOf,
  type Instruction,
  type PackedObject,
} from './pack-fixture.ts';

/** Numbers in [0, below), the same for the same seed. */
export type Random = (below: number) => number;

/** A generator after Tommy Ettinger's "mulberry32". */
export function createRandom(seed: number): Random {
  let state = seed | 0;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below);
  };
}

const PIECES = [
  'acme',
  ' acme ',
  'key=',
  'key=',
  'key=abcd',
  'key=zz99',
  '=',
  '\n',
  ' ',
  'k',
  'key',
  'ke',
  'y=',
  'ey=',
  'ac',
  'me',
  'x1y2z3',
  '"',
  'é',
];

/** A piece of text in which names, values and parts of them are frequent. */
export function randomText(random: Random, pieces: number): string {
  let text = '';
  for (let count = random(pieces + 1); count > 0; count--)
    text += random(3) === 0 ? '.'.repeat(random(40)) : (PIECES[random(PIECES.length)] ?? '');
  return text;
}

/** Instructions that make another version of a text: edits in place, moved blocks, cuts at the ends. */
export function randomEdit(random: Random, base: Uint8Array): Instruction[] {
  const instructions: Instruction[] = [];
  let at = random(4) === 0 ? random(Math.min(40, base.length + 1)) : 0;
  for (let edits = random(4); edits >= 0; edits--) {
    const end = at + random(base.length - at + 1);
    instructions.push({ from: at, length: end - at });
    const kind = random(5);
    if (kind <= 1) instructions.push({ text: randomText(random, 3) });
    if (kind === 2) {
      const from = random(base.length + 1);
      instructions.push({ from, length: random(base.length - from + 1) });
    }
    at = Math.min(base.length, end + (random(2) === 0 ? 0 : random(12)));
  }
  if (random(3) > 0) instructions.push({ from: at, length: base.length - at });
  if (random(4) === 0) instructions.push({ text: randomText(random, 2) });
  return instructions.filter((one) => ('text' in one ? one.text !== '' : one.length > 0));
}

/** A pack of texts, most of them deltas on one of the others before, deltas of deltas included. Each object once. */
export function randomPack(random: Random, most: number, hash: HashName = 'sha1'): PackedObject[] {
  const objects: PackedObject[] = [];
  const known = new Set<string>();
  for (let count = 1 + random(most); count > 0; count--) {
    const object = randomObject(random, objects);
    const oid = idOf(object, hash);
    if (!known.has(oid)) objects.push(object);
    known.add(oid);
  }
  return objects;
}

function randomObject(random: Random, objects: readonly PackedObject[]): PackedObject {
  const near = Math.min(objects.length, 3);
  const base = random(2) === 0 ? objects.length - 1 - random(near) : random(objects.length);
  const parent = objects[base];
  if (parent === undefined || random(6) === 0) {
    const text = randomText(random, 30 + 60 * random(2));
    const isMessage = random(5) === 0;
    const content = Buffer.from(isMessage ? `tree 0\nauthor acme key=none1\n\n${text}` : text, 'latin1');
    return { type: isMessage ? 'commit' : 'blob', content };
  }
  const instructions = randomEdit(random, parent.content);
  const content = carryOut(parent.content, instructions);
  const bytes = encodeDelta(parent.content.length, content.length, instructions);
  return { type: parent.type, content, delta: { base, bytes, by: random(3) === 0 ? 'id' : 'offset' } };
}
