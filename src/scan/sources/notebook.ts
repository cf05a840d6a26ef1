import { rewrite, type Replacement, type Rewriting } from './rewriting.ts';

/** The end of a line and the beginning of the next one in a list of JSON strings; or an escape. */
const ESCAPE = /\\n",\r?\n {0,40}"|\\(["\\/nt])/g;
const PLAIN: Readonly<Record<string, string>> = { n: '\n', t: '\t' };

/** The text of a notebook's cells as it was typed, without the escapes of JSON; null when there are none. */
export function plainNotebook(bytes: Uint8Array): Rewriting | null {
  const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
  const replacements = Array.from(text.matchAll(ESCAPE), (match): Replacement => {
    const [whole, escaped] = match;
    const by = escaped === undefined ? '\n' : (PLAIN[escaped] ?? escaped);
    return { from: match.index, to: match.index + whole.length, by: Buffer.from(by) };
  });
  return replacements.length === 0 ? null : rewrite(bytes, replacements);
}
