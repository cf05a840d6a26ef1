import { DamageError, damaged } from './damage.ts';
import { HEAD_ROOM, readEntryHead } from './objects/entry-head.ts';
import { NEEDED, REPORTED, TASK } from './objects/families.ts';
import { type Findings, NOTHING } from './findings.ts';
import type { ObjectSearch } from './object-search.ts';
import type { Pack } from './objects/object-store.ts';
import { type ObjectType, searchedPart } from './objects/object-types.ts';
import { FOREIGN_BASE, type PackEntries } from './objects/pack-entries.ts';
import { hexOf, oidAt } from './objects/pack-index.ts';
import { applyTo, type Made, makeWhole, tooLarge, type Unpacking } from './objects/unpacking.ts';

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

export interface FamilyScan extends Unpacking {
  readonly search: ObjectSearch;
  readonly visitor: FamilyVisitor;
  /** Reads the base of an entry whose base is not in the pack. */
  readonly readBase: (oid: string) => { readonly type: ObjectType; readonly bytes: Uint8Array } | null;
}

/** An object in the arena, on the way down through its family. */
interface Frame extends Made {
  readonly findings: Findings;
  /** Next of its children to visit, or none. */
  next: number;
}

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
