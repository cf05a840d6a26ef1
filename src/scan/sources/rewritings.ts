import type { Place } from '../sighting.ts';
import { decodeBase64, decodeLines, runsOf } from './base64.ts';
import { decodeEscapes } from './escapes.ts';
import { plainNotebook } from './notebook.ts';
import type { Rewriting } from './rewriting.ts';

const MOST_NOTEBOOK = 16 << 20;

/** The text with what stands in it in base64, with its escaped characters, and a notebook without the escapes of JSON. */
export function rewritingsOf(text: Uint8Array, place: Place): readonly Rewriting[] {
  const runs = runsOf(text);
  const all = [
    decodeBase64(text, runs),
    decodeLines(text, runs),
    decodeEscapes(text),
    isNotebook(place, text) ? plainNotebook(text) : null,
  ];
  return all.filter((one) => one !== null);
}

function isNotebook(place: Place, text: Uint8Array): boolean {
  return place.kind !== 'stdin' && place.path?.endsWith('.ipynb') === true && text.length <= MOST_NOTEBOOK;
}
