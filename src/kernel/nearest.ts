/**
 * The known word that was probably meant, or null: it differs in letter case, is how the given one begins (`mon` of
 * `Monday`), or is within two edits (a swap counts one) and one for three letters.
 */
export function nearest(given: string, known: readonly string[]): string | null {
  if (given.length > LONGEST) return null;
  const word = given.toLowerCase();
  let best: string | null = null;
  let least = Math.min(3, Math.floor((word.length + 1) / 3) + 1);
  for (const candidate of known) {
    const distance = distanceTo(word, candidate.toLowerCase());
    if (distance >= least) continue;
    least = distance;
    best = candidate;
  }
  return best ?? known.find((one) => one.length > 2 && word.startsWith(one.toLowerCase())) ?? null;
}

/** Longer words are not compared, as the comparison is quadratic; no name of ours is longer. */
const LONGEST = 100;

function distanceTo(a: string, b: string): number {
  if (Math.abs(a.length - b.length) > 2) return 3;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i++) {
    const last = row;
    row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let cost = Math.min((last[j] ?? 9) + 1, (row[j - 1] ?? 9) + 1, (last[j - 1] ?? 9) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        cost = Math.min(cost, (before[j - 2] ?? 9) + 1);
      row.push(cost);
    }
    before = last;
  }
  return row[b.length] ?? 3;
}
