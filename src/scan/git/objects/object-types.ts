/** Types of objects by their number in a pack, less one. */
export const OBJECT_TYPES = ['commit', 'tree', 'blob', 'tag'] as const;

export type ObjectType = (typeof OBJECT_TYPES)[number];

/** Larger objects are not read; each is a problem. */
export const MOST_OBJECT_BYTES = 128 << 20;

/** Name of a kind in a pack; undefined for deltas. */
export const typeOfKind = (kind: number): ObjectType | undefined => OBJECT_TYPES[kind - 1];

const BLANK_LINE = Buffer.from('\n\n');

/** The message of a commit or tag; the whole of a blob. */
export function searchedPart(type: ObjectType, bytes: Uint8Array): Uint8Array {
  if (type === 'blob') return bytes;
  const at = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).indexOf(BLANK_LINE);
  return at < 0 ? bytes.subarray(bytes.length) : bytes.subarray(at + 2);
}
