import { inflateSync } from 'node:zlib';
import { damaged } from '../damage.ts';
import { openFileWindow } from './file-window.ts';
import { MOST_OBJECT_BYTES, OBJECT_TYPES, type ObjectType } from './object-types.ts';

const HEAD_ROOM = 32;
const MOST_PACKED = MOST_OBJECT_BYTES + (1 << 20);

/** Reads an object that stands in a file of its own. Throws a `DamageError` or a system error. */
export function readLooseObject(path: string): { type: ObjectType; bytes: Uint8Array } {
  const file = openFileWindow(path);
  let packed: Uint8Array;
  try {
    if (file.size > MOST_PACKED) damaged(`it is larger than ${MOST_OBJECT_BYTES >> 20} MiB`);
    packed = new Uint8Array(file.size);
    file.read(packed, 0, { from: 0, to: file.size });
  } finally {
    file.close();
  }
  const content = unpack(packed);
  const end = content.subarray(0, HEAD_ROOM).indexOf(0);
  const head =
    end < 0 ? null : /^(\w+) (\d+)$/.exec(Buffer.from(content.subarray(0, end)).toString('latin1'));
  const type = OBJECT_TYPES.find((one) => one === head?.[1]);
  const bytes = content.subarray(end + 1);
  if (type === undefined || Number(head?.[2]) !== bytes.length) damaged('its head is no object head');
  return { type, bytes };
}

function unpack(packed: Uint8Array): Uint8Array {
  try {
    return inflateSync(packed, { maxOutputLength: MOST_OBJECT_BYTES + HEAD_ROOM });
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : '';
    return damaged(
      code === 'ERR_BUFFER_TOO_LARGE'
        ? `it is larger than ${MOST_OBJECT_BYTES >> 20} MiB`
        : `its packed bytes are damaged (${code})`,
    );
  }
}
