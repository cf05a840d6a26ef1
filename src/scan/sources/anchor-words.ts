import { files } from '../builtins.ts';

/** More than this is searched faster by the detector itself, once it is loaded. */
const MOST_BYTES = 1 << 20;
const FILE = new URL('../anchor-words.json', import.meta.url);

/** A literal, and how many hexadecimal digits follow it. */
export type AnchorWord = readonly [text: string, hex: number];

/**
 * Tells whether documents hold an anchor of any rule, without the rules: they take longer to load than a hook may take.
 * True also after 1 MiB of documents.
 */
export function createAnchorGate(): (bytes: Uint8Array) => boolean {
  let left = MOST_BYTES;
  let pattern: RegExp | null = null;
  return (bytes) => {
    left -= bytes.length;
    if (left < 0) return true;
    pattern ??= anchorPattern(JSON.parse(files.readFileSync(FILE, 'utf8')) as readonly AnchorWord[]);
    return pattern.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1'));
  };
}

export function anchorPattern(words: readonly AnchorWord[]): RegExp {
  const forms = words.map(([text, hex]) => {
    const literal = text.replaceAll(/[\\^$.*+?()[\]{}|/-]/g, String.raw`\$&`);
    return hex === 0 ? literal : `${literal}[0-9a-f]{${hex}}`;
  });
  return new RegExp(forms.join('|'), 'i');
}
