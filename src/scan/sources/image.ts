import { createReadStream } from 'node:fs';
import { RingfenceError } from '../../kernel/errors.ts';
import type { ScanProgress } from '../sighting.ts';
import type { Chunks } from './byte-queue.ts';
import { peek, reasonOf, unpackStream } from './expand.ts';
import { isTar, packingOf } from './packing.ts';
import type { Search } from './search.ts';
import { readTar } from './tar.ts';

/** Unpacked bytes of an image that are looked at. */
const MOST_BYTES = 64 * 2 ** 30;
const DIGEST = /^(?:\.\/)?blobs\/([a-z0-9]+)\/([0-9a-f]+)$/;

export interface ImageOptions {
  /** A tar file as `docker save` writes it, or of an OCI layout; it may be packed. */
  readonly file: string;
  readonly search: Search;
  readonly progress?: (progress: ScanProgress) => void;
}

/** Looks through every layer of an image, also what a later layer deletes, and through its configuration. Reads each byte once. */
export async function scanImage({ file, search, progress }: ImageOptions): Promise<void> {
  const { head, chunks } = await open(file);
  if (!isTar(head)) throw new RingfenceError('input_invalid', `${file} is no tar archive of an image.`);
  const image: Image = { file, search, left: MOST_BYTES };
  let done = 0;
  try {
    for await (const { path, body } of readTar(chunks)) {
      progress?.({ done: done++, total: 0, unit: 'files' });
      await scanPart(image, path, body);
    }
  } catch (error) {
    search.report(file, `The image was not read to its end: ${reasonOf(error)}.`);
  }
}

interface Image {
  readonly file: string;
  readonly search: Search;
  left: number;
}

async function open(file: string): Promise<{ head: Uint8Array; chunks: Chunks }> {
  try {
    return await unpacked(createReadStream(file, { highWaterMark: 1 << 20 }));
  } catch (error) {
    const isFolder = (error as NodeJS.ErrnoException).code === 'EISDIR';
    const problem = isFolder
      ? `is a folder, and an image is read from an archive: tar -cf image.tar -C ${JSON.stringify(file)} .`
      : `cannot be read: ${reasonOf(error)}.`;
    throw new RingfenceError('input_invalid', `${file} ${problem}`, { cause: error });
  }
}

/** What is packed is unpacked. */
async function unpacked(source: Chunks): Promise<{ head: Uint8Array; chunks: Chunks }> {
  const { head, chunks } = await peek(source);
  const packing = packingOf(head);
  return packing === 'gzip' || packing === 'zstd' ? peek(unpackStream(chunks, packing)) : { head, chunks };
}

/** A layer, or one of the documents that describe the image: its settings often hold credentials too. */
async function scanPart(image: Image, path: string, body: Chunks): Promise<void> {
  const { file, search } = image;
  const name = layerName(path);
  try {
    const { head, chunks } = await unpacked(body);
    if (!isTar(head))
      return await search.lookStream({ kind: 'layer', image: file, layer: 'image', path }, chunks);
    for await (const entry of readTar(limited(image, chunks)))
      await search.lookStream({ kind: 'layer', image: file, layer: name, path: entry.path }, entry.body);
  } catch (error) {
    search.report(`${file} ${path}`, `The layer was not read to its end: ${reasonOf(error)}.`);
  }
}

/** `sha256:…` of an OCI layout; the folder in older archives. */
function layerName(path: string): string {
  const [, algorithm, digest] = DIGEST.exec(path) ?? [];
  if (algorithm !== undefined && digest !== undefined) return `${algorithm}:${digest}`;
  return path.replace(/\/layer\.tar$/, '');
}

async function* limited(image: Image, chunks: Chunks): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    image.left -= chunk.length;
    if (image.left < 0) throw new Error('it unpacks to more than 64 GiB');
    yield chunk;
  }
}
