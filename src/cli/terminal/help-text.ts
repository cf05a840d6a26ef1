/** The remark that a switch is off by default, which is dropped: every reader expects it. */
const OFF = / {2,}\[default = false\]$/gm;
/** The library puts the values and the default of a flag into a column of their own, which makes all lines long. */
const VALUES = /(?<=\S) {2,}(?=\[[^\]]*\]$)/gm;
const USAGE = /^ {2}ringfence /;
const USAGE_INDENT = 4;
/** In a synopsis a flag and its value stay together. */
const BETWEEN_FLAGS = / (?![^[(]*[\])])/;

/** Help of the library as people read it. `width` is the terminal's; null: lines stay whole. */
export function layHelp(text: string, width: number | null): string {
  const plain = text.replaceAll(OFF, '').replaceAll(VALUES, ' ');
  if (width === null) return plain;
  return plain
    .split('\n')
    .flatMap((line) => wrap(line, width))
    .join('\n');
}

/** Breaks a line; its rest goes on below the beginning of the last column. */
function wrap(line: string, width: number): readonly string[] {
  if (line.length <= width) return [line];
  const isUsage = USAGE.test(line);
  const indent = isUsage ? USAGE_INDENT : (/^.*\S {2,}(?=\S)/.exec(line)?.[0].length ?? 0);
  const [first = '', ...words] = line.slice(indent).split(isUsage ? BETWEEN_FLAGS : ' ');
  const lines = [line.slice(0, indent) + first];
  for (const word of words) {
    const longer = `${lines.at(-1)} ${word}`;
    if (longer.length <= width) lines[lines.length - 1] = longer;
    else lines.push(' '.repeat(indent) + word);
  }
  return lines;
}
