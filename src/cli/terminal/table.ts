import { EXAMPLE_NUMBER, maskAddress } from '../../kernel/phone.ts';

const GAP = 2;
const LEAST = 8;
/** Columns at which lists are wrapped. */
const WIDTH = 100;
/** Text that can be measured without `Intl.Segmenter`, which takes as long to create as a small command runs. */
const ASCII = /^[ -~]*$/;
let segmenter: Intl.Segmenter | null = null;

/** Text that is safe to show: no control character reaches the terminal, and a number in full is masked. */
export function printable(text: string): string {
  return text
    .replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ')
    .replaceAll(/\+\d{7,15}/g, (number) => (number === EXAMPLE_NUMBER ? number : maskAddress(number)));
}

/** A long list as lines, those after the first indented. */
export function wrapList(begin: string, items: readonly string[], indent: number): readonly string[] {
  const lines = [begin];
  for (const [place, item] of items.entries()) {
    const word = place === items.length - 1 ? item : `${item},`;
    const line = lines.at(-1) ?? '';
    if (line.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(' '.repeat(indent) + word);
  }
  return lines;
}

/** Columns for people. `width` is the terminal's, which shortens the widest columns; null: nothing is shortened. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  width: number | null = null,
): string {
  const cells = [headers, ...rows.map((row) => row.map((cell) => printable(cell ?? '-')))];
  const widths = fit(
    headers.map((_, column) => Math.max(...cells.map((row) => charactersOf(row[column] ?? '').length))),
    width,
    headers.indexOf('ID'),
  );
  return cells.map((row) => `${formatRow(row, widths)}\n`).join('');
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const padded = row.map((cell, column) => {
    const room = widths[column] ?? 0;
    const characters = charactersOf(cell);
    const shown = characters.length > room ? [...characters.slice(0, room - 1), '…'] : characters;
    return shown.join('') + ' '.repeat(room - shown.length);
  });
  return padded.join(' '.repeat(GAP)).trimEnd();
}

/** What a reader takes for one character may be several code points. */
function charactersOf(text: string): readonly string[] {
  if (ASCII.test(text)) return text.split('');
  segmenter ??= new Intl.Segmenter();
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

/** Narrows the widest columns until the table fits. The column `whole` keeps its width, because half an id is useless. */
function fit(widths: readonly number[], width: number | null, whole: number): readonly number[] {
  if (width === null) return widths;
  const fitted = [...widths];
  for (;;) {
    const excess = fitted.reduce((sum, one) => sum + one, GAP * (fitted.length - 1)) - width;
    const open = fitted.map((room, column) => (column === whole ? 0 : room));
    const room = Math.max(...open);
    const widest = open.indexOf(room);
    if (excess <= 0 || room <= LEAST) return fitted;
    fitted[widest] = Math.max(LEAST, room - excess);
  }
}
