import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { deflateSync } from 'node:zlib';
import type { ObjectType } from '../../src/scan/git/objects/object-types.ts';
import {
  encodeDelta,
  type HashName,
  head,
  idOf,
  type Instruction,
  type PackedObject,
  writePack,
} from '../../src/scan/git/objects/pack-fixture.ts';
import { type Random, randomText } from '../../src/scan/git/objects/random-history-fixture.ts';

/** An object of a history by its id. */
export type Objects = ReadonlyMap<string, { readonly type: ObjectType; readonly content: Buffer }>;

/** A history with folders, and what of it a repository has. */
export interface TreeHistory {
  readonly objects: Objects;
  /** Commits that refs name; the first is HEAD's. */
  readonly tips: readonly string[];
}

type Folder = Map<string, string | Folder>;

const NAMES = ['a', 'b', 'folder', 'other folder', 'x.env', '40000 a', 'y', 'z'];
const MOST_COMMITS = 30;
const START = 1_700_000_000;

/** Writes a repository with packs, deltas of trees cut anywhere, loose objects, and objects that are missing. */
export function makeTreeHistory(path: string, random: Random, hash: HashName): TreeHistory {
  const all = new Map<string, { type: ObjectType; content: Buffer }>();
  const add = (type: ObjectType, content: Buffer): string => {
    const oid = idOf({ type, content }, hash);
    all.set(oid, { type, content });
    return oid;
  };
  const tips = addCommits(random, add);
  const lost = random(3) === 0 ? 12 : 0;
  const objects = new Map(
    [...all].filter(([, { type }]) => type === 'commit' || lost === 0 || random(lost) > 0),
  );
  store(path, objects, { random, hash });
  mkdirSync(join(path, 'refs', 'heads'), { recursive: true });
  for (const [number, tip] of tips.entries())
    writeFileSync(join(path, 'refs', 'heads', number === 0 ? 'main' : `side${number}`), `${tip}\n`);
  return { objects, tips };
}

type Add = (type: ObjectType, content: Buffer) => string;

function addCommits(random: Random, add: Add): string[] {
  const commits: { oid: string; root: Folder }[] = [];
  for (let count = 1 + random(MOST_COMMITS); count > 0; count--) {
    const near = (): (typeof commits)[number] | undefined =>
      commits[Math.max(0, commits.length - 1 - random(random(3) === 0 ? 10 : 2))];
    const parents =
      commits.length === 0 || random(15) === 0 ? [] : [near(), ...(random(5) === 0 ? [near()] : [])];
    const known = [...new Set(parents.flatMap((parent) => parent?.oid ?? []))];
    const root = copyOf(parents.at(-1)?.root ?? new Map());
    for (let changes = random(4); changes > 0; changes--) changeFolder(random, root, 0);
    const time = START + (random(6) === 0 ? random(100) : commits.length);
    const lines = [`tree ${addTree(root, add)}`, ...known.map((oid) => `parent ${oid}`)];
    const person = `Ada <ada@example.org> ${time} +0000`;
    const text = `${lines.join('\n')}\nauthor ${person}\ncommitter ${person}\n\n${randomText(random, 2)}`;
    commits.push({ oid: add('commit', Buffer.from(text, 'latin1')), root });
  }
  const others = commits.filter(() => random(5) === 0).map(({ oid }) => oid);
  return [...commits.slice(-1).map(({ oid }) => oid), ...others];
}

const copyOf = (folder: Folder): Folder =>
  new Map(Array.from(folder, ([name, held]) => [name, typeof held === 'string' ? held : copyOf(held)]));

function changeFolder(random: Random, folder: Folder, depth: number): void {
  const name = NAMES[random(NAMES.length)] as string;
  const held = folder.get(name);
  const kind = random(8);
  if (kind === 0) folder.delete(name);
  else if (kind <= 2 && held !== undefined) {
    folder.set(NAMES[random(NAMES.length)] as string, typeof held === 'string' ? held : copyOf(held));
    if (kind === 1) folder.delete(name);
  } else if (kind <= 5 && depth < 4) {
    const inner: Folder = typeof held === 'object' ? held : new Map();
    folder.set(name, inner);
    changeFolder(random, inner, depth + 1);
  } else folder.set(name, `text ${random(30)}`);
}

function addTree(folder: Folder, add: Add): string {
  const entries = Array.from(folder, ([name, held]) => {
    const isFile = typeof held === 'string';
    const oid = isFile ? add('blob', Buffer.from(held)) : addTree(held, add);
    return Buffer.concat([Buffer.from(`${isFile ? '100644' : '40000'} ${name}\0`), Buffer.from(oid, 'hex')]);
  });
  return add('tree', Buffer.concat(entries));
}

interface Storing {
  readonly random: Random;
  readonly hash: HashName;
}

/** Some objects stand in two packs or are loose; the base of a delta may be in the other pack. */
function store(path: string, objects: Objects, { random, hash }: Storing): void {
  const packs = Array.from({ length: 1 + random(2) }, (): PackedObject[] => []);
  const stored: { oid: string; content: Buffer; type: ObjectType }[] = [];
  for (const [oid, { type, content }] of objects) {
    const isLoose = random(10) === 0;
    if (isLoose) writeLoose(path, oid, Buffer.concat([Buffer.from(`${type} ${content.length}\0`), content]));
    for (const [number, pack] of packs.entries())
      if (!isLoose && (number === packs.length - 1 || random(2) === 0)) {
        const base = baseFor(type, pack, stored, random);
        pack.push(base === undefined ? { type, content } : deltaOn(base, { type, content }, random));
        if (random(4) > 0) break;
      }
    if (!isLoose) stored.push({ oid, type, content });
  }
  for (const [number, pack] of packs.entries()) writePack(path, pack, { hash, name: `pack-${number}` });
}

type Base =
  | { readonly content: Uint8Array; readonly oid: string }
  | { readonly content: Uint8Array; readonly number: number };

function baseFor(
  type: ObjectType,
  pack: readonly PackedObject[],
  stored: readonly { oid: string; content: Buffer; type: ObjectType }[],
  random: Random,
): Base | undefined {
  if (random(6) === 0) return undefined;
  if (random(12) === 0) {
    const others = stored.filter((one) => one.type === type);
    return others[random(others.length)];
  }
  const near = Array.from(pack.entries())
    .filter(([, one]) => one.type === type)
    .slice(random(3) === 0 ? 0 : -4);
  const [number, object] = near[random(near.length)] ?? [];
  return object === undefined ? undefined : { content: object.content, number: number as number };
}

function deltaOn(base: Base, object: { type: ObjectType; content: Buffer }, random: Random): PackedObject {
  const { content } = object;
  const bytes = encodeDelta(
    base.content.length,
    content.length,
    instructionsFor(base.content, content, random),
  );
  if ('number' in base)
    return { ...object, delta: { base: base.number, bytes, by: random(3) === 0 ? 'id' : 'offset' } };
  const raw = Buffer.concat([
    Buffer.from(head(7, bytes.length)),
    Buffer.from(base.oid, 'hex'),
    deflateSync(bytes),
  ]);
  return { ...object, raw };
}

const SHORTEST_COPY = 4;

/** Copies what it meets in the base, mostly the longest, in pieces that end anywhere. */
function instructionsFor(from: Uint8Array, content: Buffer, random: Random): Instruction[] {
  const base = Buffer.from(from);
  const instructions: Instruction[] = [];
  let text = '';
  let after = 0;
  const endText = (): void => {
    if (text !== '') instructions.push({ text });
    text = '';
  };
  for (let at = 0; at < content.length;) {
    const start = content.subarray(at, at + SHORTEST_COPY);
    const places = [base.indexOf(start, after), base.indexOf(start), base.lastIndexOf(start)];
    const copies = places.map((place) => ({
      from: place,
      length: place < 0 ? 0 : sameFrom(base, place, content, at),
    }));
    const longest = copies.toSorted((one, other) => other.length - one.length)[random(8) === 0 ? 1 : 0];
    const cut =
      longest !== undefined && random(5) === 0 ? random(longest.length + 1) : (longest?.length ?? 0);
    if (longest === undefined || cut < SHORTEST_COPY) text += content.toString('latin1', at, ++at);
    else {
      endText();
      instructions.push({ from: longest.from, length: cut });
      after = longest.from + cut;
      at += cut;
    }
  }
  endText();
  return instructions;
}

function sameFrom(base: Buffer, from: number, content: Buffer, at: number): number {
  let length = 0;
  while (at + length < content.length && base[from + length] === content[at + length]) length++;
  return length;
}

function writeLoose(path: string, oid: string, bytes: Buffer): void {
  mkdirSync(join(path, 'objects', oid.slice(0, 2)), { recursive: true });
  writeFileSync(join(path, 'objects', oid.slice(0, 2), oid.slice(2)), deflateSync(bytes));
}
