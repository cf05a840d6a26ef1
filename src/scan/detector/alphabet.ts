const SETS: readonly (readonly [pattern: RegExp, size: number])[] = [
  [/^[0-9]+$/, 10],
  [/^[0-9a-f]+$/, 16],
  [/^[0-9A-F]+$/, 16],
  [/^[0-9a-fA-F]+$/, 22],
  [/^[a-z]+$/, 26],
  [/^[A-Z]+$/, 26],
  [/^[0-9a-z]+$/, 36],
  [/^[0-9A-Z]+$/, 36],
  [/^[a-zA-Z]+$/, 52],
  [/^[0-9a-zA-Z]+$/, 62],
  [/^[0-9a-zA-Z_+/=-]+$/, 64],
];

/** Size of the smallest usual alphabet that `value` may have been drawn from. */
export function alphabetSize(value: string): number {
  return SETS.find(([pattern]) => pattern.test(value))?.[1] ?? 94;
}
