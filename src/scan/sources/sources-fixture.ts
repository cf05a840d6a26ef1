import { deflateRawSync } from 'node:zlib';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { createDetector } from '../detector/detector.ts';
import type { Detector } from '../detection.ts';

/** A made-up vendor: `acme_token=` and 32 lower-case hexadecimal digits. */
export const ACME: LeakRule = {
  id: 'acme-token',
  vendor: 'Acme',
  title: 'Acme token',
  role: 'secret',
  confidence: 'medium',
  anchors: ['acme_token'],
  span: 64,
  pattern: /acme_token["':= \\\n]{1,8}(?<secret>[0-9a-f]{32})(?![0-9a-f])/dgi,
  context: [],
  remedy: 'Make a new one.',
  examples: [],
  nearMisses: [],
};

export const TOKEN = '9d02c7e4b16f38a5507be2914cfa6d83';
export const OTHER_TOKEN = '7c1e09b52fa84d630e9b71d4a8f25c36';

export const acmeDetector = (): Detector => createDetector([ACME]);

const field = (text: string, length: number): Buffer => Buffer.from(text.padEnd(length, '\0'), 'latin1');

export interface TarFile {
  readonly path: string;
  readonly content: string | Buffer;
  /** `0` is a file, `2` a link, `L` a long name, `x` attributes. */
  readonly type?: string;
  /** What the header says of the size, where that is not so. */
  readonly said?: number;
  /** More of the map of a sparse file stands before the content. */
  readonly mapGoesOn?: boolean;
}

/** A tar archive in the POSIX form. */
export function tarOf(files: readonly TarFile[]): Buffer {
  const blocks = files.flatMap(({ path, content, type = '0', said, mapGoesOn = false }) => {
    const bytes = Buffer.from(content);
    const header = Buffer.concat([
      field(path, 100),
      field('0000644\0', 24),
      field(`${(said ?? bytes.length).toString(8).padStart(11, '0')}\0`, 12),
      field('00000000000\0', 12),
      field('        ', 8),
      field(type, 101),
      field('ustar\u000000', 255),
    ]);
    if (mapGoesOn) header[482] = 1;
    const sum = header.reduce((total, byte) => total + byte, 0);
    header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
    return [header, bytes, Buffer.alloc((512 - (bytes.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export interface ZipFile {
  readonly path: string;
  readonly content: string | Buffer;
  /** Lies about the unpacked size. */
  readonly said?: number;
  readonly flags?: number;
}

/** A zip archive. */
export function zipOf(files: readonly ZipFile[]): Buffer {
  const locals: Buffer[] = [];
  const centrals: Buffer[] = [];
  let at = 0;
  for (const { path, content, said, flags = 0 } of files) {
    const packed = deflateRawSync(content);
    const name = Buffer.from(path);
    const common = Buffer.alloc(26);
    common.writeUInt16LE(20, 0);
    common.writeUInt16LE(flags, 2);
    common.writeUInt16LE(8, 4);
    common.writeUInt32LE(packed.length, 14);
    common.writeUInt32LE(said ?? Buffer.byteLength(content), 18);
    common.writeUInt16LE(name.length, 22);
    const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), common, name, packed]);
    const rest = Buffer.alloc(14);
    rest.writeUInt32LE(at, 10);
    centrals.push(Buffer.concat([Buffer.from('PK\u0001\u0002\u0014\0', 'latin1'), common, rest, name]));
    locals.push(local);
    at += local.length;
  }
  const directory = Buffer.concat(centrals);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 'latin1');
  end.writeUInt16LE(files.length, 8);
  end.writeUInt16LE(files.length, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, directory, end]);
}
