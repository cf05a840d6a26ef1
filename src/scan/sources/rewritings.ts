import type { Place } from '../sighting.ts';
import { decodeBase64, decodeLines, runsOf } from './base64.ts';
import { decodeEscapes } from './escapes.ts';
import { plainNotebook } from './notebook.ts';
import { rewrite, type Rewriting } from './rewriting.ts';

const MOST_NOTEBOOK = 16 << 20;
/** What rules know by the end of the line before it. */
const BEGINNINGS = /^(?:\u00EF\u00BB\u00BF)?(?=rfv|keys:|stream:)/i;
const LONGEST_BEGINNING = 16;
const LINE_END = Buffer.from('\n');

/**
 * The text with what stands in it in base64, with its escaped characters, and a notebook without the escapes of JSON.
 * `tell` hears what was left out.
 */
export function rewritingsOf(
  text: Uint8Array,
  place: Place,
  tell: (problem: string) => void = () => {},
): readonly Rewriting[] {
  let isCut = false;
  const encoded = { bytes: text, runs: runsOf(text), onCut: () => (isCut = true) };
  const all = [
    decodeBase64(encoded),
    decodeLines(encoded),
    decodeEscapes(text),
    afterLine(text),
    isNotebook(place, text) ? plainNotebook(text) : null,
  ];
  if (isCut) tell('Not all of its base64 was decoded: it holds too much.');
  return all.filter((one) => one !== null);
}

function isNotebook(place: Place, text: Uint8Array): boolean {
  return place.kind !== 'stdin' && place.path?.endsWith('.ipynb') === true && text.length <= MOST_NOTEBOOK;
}

/** A document that begins with such a word, as the file of a secret does, with a line before it; null for all others. */
function afterLine(bytes: Uint8Array): Rewriting | null {
  const begin = Buffer.from(bytes.subarray(0, LONGEST_BEGINNING)).toString('latin1');
  const mark = BEGINNINGS.exec(begin)?.[0];
  return mark === undefined ? null : rewrite(bytes, [{ from: mark.length, to: mark.length, by: LINE_END }]);
}
