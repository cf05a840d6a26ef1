import { maskAddress } from '../kernel/phone.ts';

const GAP = 2;
const LEAST = 8;

/** Text that is safe to show: no control character reaches the terminal, and a number in full is masked. */
export function printable(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, ' ').replaceAll(/\+\d{7,15}/g, (number) => maskAddress(number));
}

/** Columns for people. `width` is the terminal's, which shortens the widest columns; null: nothing is shortened. */
export function formatTable(
  headers: readonly string[],
  rows: readonly (readonly (string | null)[])[],
  width: number | null = null,
): string {
  const cells = [headers, ...rows.map((row) => row.map((cell) => printable(cell ?? '-')))];
  const widths = fit(
    headers.map((_, column) => Math.max(...cells.map((row) => lengthOf(row[column] ?? '')))),
    width,
  );
  return cells.map((row) => `${formatRow(row, widths)}\n`).join('');
}

function formatRow(row: readonly string[], widths: readonly number[]): string {
  const padded = row.map((cell, column) => {
    const room = widths[column] ?? 0;
    const shown = lengthOf(cell) > room ? `${[...cell].slice(0, room - 1).join('')}…` : cell;
    return shown + ' '.repeat(room - lengthOf(shown));
  });
  return padded.join(' '.repeat(GAP)).trimEnd();
}

function lengthOf(text: string): number {
  return [...text].length;
}

function fit(widths: readonly number[], width: number | null): readonly number[] {
  if (width === null) return widths;
  const fitted = [...widths];
  for (;;) {
    const excess = fitted.reduce((sum, one) => sum + one, GAP * (fitted.length - 1)) - width;
    const widest = fitted.indexOf(Math.max(...fitted));
    const room = fitted[widest] ?? 0;
    if (excess <= 0 || room <= LEAST) return fitted;
    fitted[widest] = Math.max(LEAST, room - excess);
  }
}
