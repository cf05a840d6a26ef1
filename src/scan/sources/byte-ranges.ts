/** From the first byte up to the one after the last. */
export type ByteRange = readonly [number, number];

/** The same bytes as ranges that neither touch nor overlap, ascending. */
export function disjoint(ranges: readonly ByteRange[]): ByteRange[] {
  const merged: ByteRange[] = [];
  for (const [from, to] of ranges.toSorted((one, other) => one[0] - other[0])) {
    const [start, end] = merged.at(-1) ?? [0, -1];
    if (from <= end) merged[merged.length - 1] = [start, Math.max(end, to)];
    else merged.push([from, to]);
  }
  return merged;
}

/** Tells whether any of the ranges has a byte of [from, to). */
export function coverOf(ranges: readonly ByteRange[]): (from: number, to: number) => boolean {
  const apart = disjoint(ranges);
  return (from, to) => {
    let [low, high] = [0, apart.length];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((apart[middle]?.[1] ?? 0) <= from) low = middle + 1;
      else high = middle;
    }
    return (apart[low]?.[0] ?? to) < to;
  };
}
