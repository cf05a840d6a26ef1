/** Whole numbers of 32 bits, as many as come. */
export interface IntList {
  /** The first `length` are the list; adding may replace it. */
  values: Int32Array;
  length: number;
}

export const createIntList = (room = 64): IntList => ({ values: new Int32Array(room), length: 0 });

export function addInt(list: IntList, value: number): void {
  if (list.length === list.values.length) {
    const larger = new Int32Array(2 * list.length);
    larger.set(list.values);
    list.values = larger;
  }
  list.values[list.length++] = value;
}
