/** Resources of one kind in order of creation. When full, the oldest is dropped. */
export interface Log<T> {
  readonly size: number;
  add(item: T): void;
  get(id: string): T | undefined;
  remove(id: string): boolean;
  /** Newest first. `next` continues after the last item; null on the last page. */
  page(query: PageQuery<T>): Page<T>;
  /** All that are left, oldest first. */
  all(): readonly T[];
  /** Those of them that were made within the span, where items carry their time and came in its order. */
  within(since: number, until: number, timeOf: (item: T) => number): readonly T[];
}

export interface PageQuery<T> {
  readonly limit: number;
  /** `next` of the page before. */
  readonly cursor?: string | null;
  readonly accept?: (item: T) => boolean;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly next: string | null;
}

export function createLog<T>(idOf: (item: T) => string, limit: () => number): Log<T> {
  let entries: (T | undefined)[] = [];
  /** Sequence number of `entries[0]`. */
  let base = 0;
  let oldest = 0;
  const sequences = new Map<string, number>();

  /** Drops the oldest item to make room, and with it any removed ones that follow. */
  function dropOldest(): void {
    const most = limit();
    const end = base + entries.length;
    while (oldest < end && (sequences.size > most || entries[oldest - base] === undefined)) {
      const entry = entries[oldest - base];
      if (entry !== undefined) sequences.delete(idOf(entry));
      entries[oldest - base] = undefined;
      oldest += 1;
    }
    if (oldest - base > 1024 && oldest - base > entries.length / 2) {
      entries = entries.slice(oldest - base);
      base = oldest;
    }
  }

  function page({ limit: size, cursor, accept }: PageQuery<T>): Page<T> {
    const items: T[] = [];
    const start = cursor === undefined || cursor === null ? base + entries.length : Number(cursor);
    let last = start;
    for (let sequence = start - 1; sequence >= oldest; sequence--) {
      const entry = entries[sequence - base];
      if (entry === undefined || (accept !== undefined && !accept(entry))) continue;
      if (items.length === size) return { items, next: String(last) };
      items.push(entry);
      last = sequence;
    }
    return { items, next: null };
  }

  return Object.freeze({
    get size() {
      return sequences.size;
    },
    add(item: T) {
      sequences.set(idOf(item), base + entries.length);
      entries.push(item);
      dropOldest();
    },
    get(id: string) {
      const sequence = sequences.get(id);
      return sequence === undefined ? undefined : entries[sequence - base];
    },
    remove(id: string) {
      const sequence = sequences.get(id);
      if (sequence === undefined) return false;
      entries[sequence - base] = undefined;
      return sequences.delete(id);
    },
    page,
    all: () => entries.filter((entry) => entry !== undefined),
    within: (since: number, until: number, timeOf: (item: T) => number) =>
      within(entries, oldest - base, { since, until, timeOf }),
  });
}

interface Span<T> {
  readonly since: number;
  readonly until: number;
  readonly timeOf: (item: T) => number;
}

function within<T>(entries: readonly (T | undefined)[], start: number, span: Span<T>): T[] {
  const { until, timeOf } = span;
  const found: T[] = [];
  for (let index = firstFrom(entries, start, span); index < entries.length; index++) {
    const entry = entries[index];
    if (entry === undefined) continue;
    if (timeOf(entry) > until) break;
    found.push(entry);
  }
  return found;
}

/** Index of the first item that was not made before `since`; what was removed counts as the item after it. */
function firstFrom<T>(
  entries: readonly (T | undefined)[],
  start: number,
  { since, timeOf }: Span<T>,
): number {
  let [low, high] = [start, entries.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    let next = middle;
    while (next < high && entries[next] === undefined) next++;
    const entry = entries[next];
    if (next < high && entry !== undefined && timeOf(entry) < since) low = next + 1;
    else high = middle;
  }
  return low;
}

/** A log of items that are kept elsewhere, for paging through them. */
export function logOf<T>(items: Iterable<T>, idOf: (item: T) => string): Log<T> {
  const log = createLog(idOf, () => Number.POSITIVE_INFINITY);
  for (const item of items) log.add(item);
  return log;
}

/** The log of a key, which begins when it is first asked for. */
export function logFor<Key, T>(
  logs: Map<Key, Log<T>>,
  key: Key,
  idOf: (item: T) => string,
  limit: () => number,
): Log<T> {
  let log = logs.get(key);
  if (log === undefined) logs.set(key, (log = createLog(idOf, limit)));
  return log;
}
