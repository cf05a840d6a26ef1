import { crc32 } from 'node:zlib';
import type { Arena } from './arena.ts';
import { DamageError, damaged } from './damage.ts';
import { readDeltaSizes, type Runs } from './delta.ts';
import { HEAD_ROOM, readEntryHead } from './entry-head.ts';
import { NEEDED, REPORTED, TASK } from './families.ts';
import { type Findings, NOTHING, type ObjectSearch } from './findings.ts';
import type { Kernel } from './kernel.ts';
import type { Pack } from './object-store.ts';
import { MOST_OBJECT_BYTES, type ObjectType, searchedPart, typeOfKind } from './object-types.ts';
import { FOREIGN_BASE, type PackEntries } from './pack-entries.ts';
import { crcAt, hexOf, oidAt } from './pack-index.ts';

/** Honest histories unpack to some hundred times their packed size; beyond this it is a bomb. */
const FREE_BYTES = 32 * 2 ** 30;
const MOST_TIMES = 1000;
/** Head and frame of a packed object, with room to spare. */
const MOST_OVERHEAD = 1024;

/** What the scan of families hands on. */
export interface FamilyVisitor {
  /** An object that was wanted has been searched. `bytes` are those that were searched, and valid only now. */
  searched(
    object: { readonly oid: () => string; readonly type: ObjectType },
    bytes: Uint8Array,
    findings: Findings,
  ): void;
  /** An object cannot be read, nor can the `lost` others that build on it. */
  unreadable(oid: string, problem: string, lost: number): void;
}

/** Bytes that were read and made so far, in all families. */
export interface Budget {
  packed: number;
  made: number;
}

export interface FamilyScan {
  readonly pack: Pack;
  readonly entries: PackEntries;
  readonly kernel: Kernel;
  readonly arena: Arena;
  readonly search: ObjectSearch;
  readonly visitor: FamilyVisitor;
  /** Reads the base of an entry whose base is not in the pack. */
  readonly budget: Budget;
  readonly readBase: (oid: string) => { readonly type: ObjectType; readonly bytes: Uint8Array } | null;
}

/** An object in the arena, on the way down through its family. */
interface Frame {
  readonly entry: number;
  readonly type: ObjectType;
  readonly at: number;
  readonly size: number;
  readonly findings: Findings;
  /** Next of its children to visit, or none. */
  next: number;
}

type Made = Pick<Frame, 'entry' | 'type' | 'at' | 'size'>;

/**
 * Searches the object `start` and all that is built on it, to the beginnings of other tasks: the first in full, of the
 * others what their deltas change. A base is held only until its last child has been made.
 */
export function scanFamily(scan: FamilyScan, start: number): void {
  const later = [start];
  for (let entry = later.pop(); entry !== undefined; entry = later.pop()) {
    const first = entry;
    scan.arena.clear();
    const frame = attempt(scan, first, () => searchWhole(scan, rebuild(scan, first)));
    if (frame !== null) descend(scan, [frame], later);
  }
}

function descend(scan: FamilyScan, stack: Frame[], later: number[]): void {
  const leave = (frame: Frame): void => {
    scan.arena.give(frame.at);
    stack.pop();
  };
  for (let base = stack.at(-1); base !== undefined; base = stack.at(-1)) {
    const entry = base.next;
    if (entry < 0) {
      leave(base);
      continue;
    }
    const top = base;
    top.next = nextChild(scan.entries, scan.entries.nextSiblings[entry] as number);
    const child = attempt(scan, entry, () => derive(scan, top, entry));
    if (child === null) scan.arena.keep(stack.map(({ at }) => at));
    if (child === 'no room') later.push(entry);
    if (top.next < 0) leave(top);
    if (child === null || child === 'no room') continue;
    if (child.next < 0) scan.arena.give(child.at);
    else stack.push(child);
  }
}

/** Runs `make`; when it meets damage, tells so, and gives null. */
function attempt<Result>(scan: FamilyScan, entry: number, make: () => Result): Result | null {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof DamageError)) throw error;
    const { pack, entries, visitor } = scan;
    visitor.unreadable(oidOf(pack, entries, entry), error.message, countReported(entries, entry) - 1);
    return null;
  }
}

const oidOf = (pack: Pack, { positions }: PackEntries, entry: number): string =>
  oidAt(pack.index, positions[entry] as number);

/** The first of the siblings that this task has to visit. */
function nextChild({ nextSiblings, marks }: PackEntries, from: number): number {
  let child = from;
  while (child >= 0 && ((marks[child] as number) & (NEEDED | TASK)) !== NEEDED)
    child = nextSiblings[child] as number;
  return child;
}

function countReported({ firstChildren, nextSiblings, marks }: PackEntries, entry: number): number {
  let count = 0;
  const rest = [entry];
  for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
    if (((marks[next] as number) & REPORTED) !== 0) count++;
    const first = firstChildren[next] as number;
    for (let child = first; child >= 0; child = nextSiblings[child] as number)
      if (((marks[child] as number) & TASK) === 0) rest.push(child);
  }
  return count;
}

/** Makes an object from the root of its family. */
function rebuild(scan: FamilyScan, entry: number): Made {
  const { bases } = scan.entries;
  const chain: number[] = [];
  let root = entry;
  for (; (bases[root] as number) >= 0; root = bases[root] as number) chain.push(root);
  const isForeign = bases[root] === FOREIGN_BASE;
  if (isForeign) chain.push(root);
  let made = isForeign ? readForeign(scan, root) : makeWhole(scan, root);
  for (const next of chain.toReversed()) {
    const result = applyTo(scan, made, next);
    if (result === 'no room') return tooLarge();
    scan.arena.give(made.at);
    made = result;
  }
  return made;
}

const tooLarge = (): never => damaged(`it is larger than ${MOST_OBJECT_BYTES >> 20} MiB`);

function makeWhole(scan: FamilyScan, entry: number): Made {
  const type = typeOfKind(scan.entries.kinds[entry] as number) ?? damaged('it has no base');
  const at = unpack(scan, entry);
  return at < 0 ? tooLarge() : { entry, type, at, size: scan.entries.sizes[entry] as number };
}

/** Puts the base of `entry`, which is not in this pack, into the arena. */
function readForeign({ pack, entries, arena, kernel, readBase }: FamilyScan, entry: number): Made {
  const bytes = new Uint8Array(HEAD_ROOM);
  const from = entries.offsets[entry] as number;
  pack.file.read(bytes, 0, { from, to: Math.min(pack.file.size, from + HEAD_ROOM) });
  const oid = hexOf(bytes, readEntryHead(bytes, 0, pack.index.hashBytes).baseAt, pack.index.hashBytes);
  const base = readBase(oid) ?? damaged(`its base ${oid} is missing`);
  const at = arena.take(base.bytes.length);
  if (at < 0) tooLarge();
  kernel.bytes().set(base.bytes, at);
  return { entry: -1, type: base.type, at, size: base.bytes.length };
}

/** Checks and unpacks an object or a delta; -1 when the arena has no room. */
function unpack({ pack, entries, arena, kernel, budget }: FamilyScan, entry: number): number {
  const from = entries.offsets[entry] as number;
  const to = entries.offsets[entry + 1] as number;
  const size = entries.sizes[entry] as number;
  const head = entries.heads[entry] as number;
  if (size > MOST_OBJECT_BYTES) tooLarge();
  if (to - from > 2 * size + MOST_OVERHEAD) damaged('it has more packed bytes than its size explains');
  const packed = arena.take(to - from);
  const at = packed < 0 ? -1 : arena.take(size);
  if (at < 0) {
    if (packed >= 0) arena.give(packed);
    return -1;
  }
  pack.file.read(kernel.bytes(), packed, { from, to });
  const sum = crc32(kernel.bytes().subarray(packed, packed + to - from));
  if (sum !== crcAt(pack.index, entries.positions[entry] as number))
    damaged('its packed bytes are not those that the index knows');
  kernel.inflate({ from: packed + head, to: packed + to - from, at, size });
  arena.give(packed);
  budget.packed += to - from;
  budget.made += size;
  return at;
}

/** Makes the object that `entry` builds on `base`, and leaves the runs in the kernel. */
function applyTo(scan: FamilyScan, base: Made, entry: number): (Made & { runs: Runs }) | 'no room' {
  const { entries, arena, kernel, budget } = scan;
  const delta = unpack(scan, entry);
  if (delta < 0) return 'no room';
  const deltaEnd = delta + (entries.sizes[entry] as number);
  const sizes = readDeltaSizes(kernel.bytes(), delta, deltaEnd);
  if (sizes === null || sizes.baseSize !== base.size) return damaged('its delta is made for another base');
  const { size } = sizes;
  if (size > MOST_OBJECT_BYTES) tooLarge();
  budget.made += size;
  if (budget.made > FREE_BYTES + MOST_TIMES * budget.packed) damaged('the pack unpacks to absurdly much');
  const at = arena.take(size);
  if (at >= 0) {
    const runs = kernel.applyDelta({
      delta: sizes.next,
      deltaEnd,
      base: base.at,
      baseSize: base.size,
      at,
      size,
    });
    arena.give(delta);
    return { entry, type: base.type, at, size, runs };
  }
  arena.give(delta);
  return 'no room';
}

function searchWhole(scan: FamilyScan, made: Made): Frame {
  return finish(scan, made, (bytes) => scan.search.whole(bytes));
}

function derive(scan: FamilyScan, base: Frame, entry: number): Frame | 'no room' {
  const made = applyTo(scan, base, entry);
  if (made === 'no room') return made;
  return finish(scan, made, (bytes) =>
    made.type === 'blob' ? scan.search.changed(bytes, base, made.runs) : scan.search.whole(bytes),
  );
}

function finish(scan: FamilyScan, made: Made, find: (bytes: Uint8Array) => Findings): Frame {
  const { pack, entries, kernel, visitor } = scan;
  const { entry, type, at, size } = made;
  const bytes = searchedPart(type, kernel.bytes().subarray(at, at + size));
  const findings = type === 'tree' ? NOTHING : find(bytes);
  if (((entries.marks[entry] as number) & REPORTED) !== 0 && type !== 'tree')
    visitor.searched({ oid: () => oidOf(pack, entries, entry), type }, bytes, findings);
  return {
    entry,
    type,
    at,
    size,
    findings,
    next: nextChild(entries, entries.firstChildren[entry] as number),
  };
}
