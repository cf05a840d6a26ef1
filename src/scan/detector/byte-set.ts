/** A set of bytes: bit n stands for byte n. A single number is fast to build, for which a scan of one file has to wait. */
export type ByteSet = bigint;

export const NO_BYTES: ByteSet = 0n;

const ALL = String.fromCharCode(...Array.from({ length: 256 }, (_, byte) => byte));
const known = new Map<string, ByteSet>();

/** The bytes that a class, an escape or a character of a pattern matches, as the engine itself sees them. */
export function bytesMatching(source: string, caseless: boolean): ByteSet {
  const key = caseless ? `i${source}` : `s${source}`;
  const before = known.get(key);
  if (before !== undefined) return before;
  let set = NO_BYTES;
  for (const [character] of ALL.matchAll(new RegExp(source, caseless ? 'gi' : 'g')))
    set |= 1n << BigInt(character.charCodeAt(0));
  known.set(key, set);
  return set;
}

export const isWithin = (part: ByteSet, whole: ByteSet): boolean => (part | whole) === whole;

/** Whether a set has a byte. */
export const has = (set: ByteSet, byte: number): boolean => ((set >> BigInt(byte)) & 1n) === 1n;
