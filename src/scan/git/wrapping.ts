import { otherPackingOf, packingOf } from '../sources/packing.ts';
import { isUtf16 } from '../sources/text.ts';

/** `u` of `ustar`, which a tar archive has there. */
const TAR_MARK = 257;
const LETTER_U = 0x75;
/** First bytes of what else is wrapped: gzip, zstd, zip, both marks of UTF-16, and archives that are told: xz, bzip2, 7z, rar. */
const FIRST = new Set([0x1f, 0x28, 0x50, 0xfe, 0xff, 0xfd, 0x42, 0x37, 0x52]);
/** How manifests of Kubernetes begin, and what one has that holds values in base64. */
const MANIFEST = [Buffer.from('apiV'), Buffer.from('---')] as const;
const MANIFEST_FIRST = new Set(MANIFEST.map(([first]) => first));
const SECRET_MANIFEST = 'kind: Secret';
/** Larger ones hold whole clusters, and have many versions. */
const MOST_MANIFEST = 1 << 20;

/**
 * True when the bytes of a blob do not say what it holds, as it is an archive, UTF-16, or a manifest with values in base64:
 * it has to be read otherwise. This is asked of every object, so that the first bytes decide nearly always.
 */
export function isWrapped(bytes: Uint8Array): boolean {
  const first = bytes[0] as number;
  if (MANIFEST_FIRST.has(first) && isSecretManifest(bytes)) return true;
  const mayBe = FIRST.has(first) || first === 0 || bytes[1] === 0 || bytes[TAR_MARK] === LETTER_U;
  return (
    mayBe &&
    bytes.length > 1 &&
    (packingOf(bytes) !== null || isUtf16(bytes) || otherPackingOf(bytes) !== null)
  );
}

function isSecretManifest(bytes: Uint8Array): boolean {
  const begins = MANIFEST.some((start) => start.every((byte, at) => bytes[at] === byte));
  if (!begins || bytes.length > MOST_MANIFEST) return false;
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).includes(SECRET_MANIFEST, 0, 'latin1');
}
