import { damaged } from '../damage.ts';

export const OFFSET_DELTA = 6;
export const ID_DELTA = 7;

/** Longest head: ten bytes of size, and ten of offset or an object id. */
export const HEAD_ROOM = 10 + 32;

/** How an entry of a pack begins. */
export interface EntryHead {
  /** 1 to 4 as in `OBJECT_TYPES`, or one of the two deltas. */
  readonly kind: number;
  /** Unpacked size of the object or of the delta. */
  readonly size: number;
  /** Bytes of the head. */
  readonly length: number;
  /** For an offset delta: how far before this entry its base begins. */
  readonly distance: number;
  /** For an id delta: where in the bytes the id of its base begins. */
  readonly baseAt: number;
}

/** Reads the head that begins at `at`; the caller has made sure of the room. */
export function readEntryHead(bytes: Uint8Array, at: number, hashBytes: number): EntryHead {
  let next = at;
  let byte = bytes[next++] as number;
  const kind = (byte >> 4) & 7;
  let size = byte & 15;
  for (let scale = 16; byte > 127 && next < at + 10; scale *= 128) {
    byte = bytes[next++] as number;
    size += (byte & 127) * scale;
  }
  let distance = 0;
  const baseAt = next;
  if (kind === OFFSET_DELTA) {
    byte = bytes[next++] as number;
    distance = byte & 127;
    while (byte > 127 && next < baseAt + 10) {
      byte = bytes[next++] as number;
      distance = (distance + 1) * 128 + (byte & 127);
    }
  } else if (kind === ID_DELTA) next += hashBytes;
  return { kind, size, length: next - at, distance, baseAt };
}

/** Refuses what is no object and no delta. */
export function checkedKind(kind: number): number {
  return kind === 0 || kind === 5 ? damaged('it has a kind that git does not know') : kind;
}
