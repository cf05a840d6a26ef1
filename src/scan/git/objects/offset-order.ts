const DIGIT_BITS = 11;
const DIGITS = 1 << DIGIT_BITS;

/** Permutation that puts the offsets in ascending order (radix sort: a million take 50 ms). */
export function orderOf(offsets: Float64Array): Uint32Array<ArrayBuffer> {
  let order = new Uint32Array(offsets.length);
  let other = new Uint32Array(offsets.length);
  for (let index = 0; index < order.length; index++) order[index] = index;
  let largest = 0;
  for (const offset of offsets) if (offset > largest) largest = offset;
  for (let unit = 1; unit <= largest; unit *= DIGITS) {
    sortByDigit(offsets, unit, { from: order, to: other });
    [order, other] = [other, order];
  }
  return order;
}

function sortByDigit(
  offsets: Float64Array,
  unit: number,
  { from, to }: Record<'from' | 'to', Uint32Array>,
): void {
  const digits = new Uint16Array(from.length);
  const next = new Uint32Array(DIGITS + 1);
  for (let index = 0; index < from.length; index++) {
    const digit = Math.floor((offsets[from[index] as number] as number) / unit) % DIGITS;
    digits[index] = digit;
    next[digit + 1] = (next[digit + 1] as number) + 1;
  }
  for (let digit = 0; digit < DIGITS; digit++)
    next[digit + 1] = (next[digit + 1] as number) + (next[digit] as number);
  for (let index = 0; index < from.length; index++) {
    const digit = digits[index] as number;
    const place = next[digit] as number;
    to[place] = from[index] as number;
    next[digit] = place + 1;
  }
}
