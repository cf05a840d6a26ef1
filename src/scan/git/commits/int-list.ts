/** Whole numbers of 32 bits, as many as come. */
export interface IntList {
  /** The first `length` are the list; adding may replace it. */
  values: Int32Array;
  length: number;
}

export const createIntList = (room = 64): IntList => ({ values: new Int32Array(room), length: 0 });

export function addInt(list: IntList, value: number): void {
  if (list.length === list.values.length) makeRoom(list, list.length + 1);
  list.values[list.length++] = value;
}

/** Adds those of `other` from one place to another, each more by `shift`. */
export function appendShifted(
  list: IntList,
  other: IntList,
  { from, to, shift }: { readonly from: number; readonly to: number; readonly shift: number },
): void {
  const end = list.length + to - from;
  if (end > list.values.length) makeRoom(list, end);
  const { values } = list;
  let at = list.length;
  for (let index = from; index < to; index++) values[at++] = (other.values[index] as number) + shift;
  list.length = end;
}

function makeRoom(list: IntList, size: number): void {
  const larger = new Int32Array(Math.max(size, 2 * list.values.length));
  larger.set(list.values);
  list.values = larger;
}
