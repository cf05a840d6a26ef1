/** Takes bytes from pieces that come one after the other. */
export interface ByteQueue {
  /** Exactly `length` bytes; null when fewer are left, which are lost then. */
  take(length: number): Promise<Uint8Array | null>;
  /** The next bytes, at most `most`, as they came; null at the end. */
  some(most: number): Promise<Uint8Array | null>;
}

export type Chunks = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

export function createByteQueue(chunks: Chunks): ByteQueue {
  const source = iterate(chunks);
  let rest: Uint8Array = new Uint8Array(0);

  async function some(most: number): Promise<Uint8Array | null> {
    while (rest.length === 0) {
      const next = await source.next();
      if (next.done === true) return null;
      rest = next.value;
    }
    const part = rest.subarray(0, most);
    rest = rest.subarray(part.length);
    return part;
  }

  async function take(length: number): Promise<Uint8Array | null> {
    const parts: Uint8Array[] = [];
    for (let missing = length; missing > 0;) {
      const part = await some(missing);
      if (part === null) return null;
      parts.push(part);
      missing -= part.length;
    }
    return parts.length === 1 ? (parts[0] ?? null) : Buffer.concat(parts);
  }
  return { take, some };
}

async function* iterate(chunks: Chunks): AsyncGenerator<Uint8Array> {
  yield* chunks;
}
