import type { ScanProgress } from '../../scan/sighting.ts';
import type { CliOutput } from '../context.ts';

/** A short scan shows none. */
const QUIET_MS = 500;
const STEP_MS = 100;
const CLEAR = '\r\u001B[K';

export interface ProgressLine {
  update(progress: ScanProgress): void;
  clear(): void;
}

/** One line on a terminal that is written over; nothing elsewhere. A total of 0 is not known. */
export function createProgressLine(output: CliOutput, now: () => number): ProgressLine {
  const start = now();
  let last = start + QUIET_MS - STEP_MS;
  let isShown = false;
  return {
    update({ done, total, unit }) {
      if (output.isTTY !== true || now() - last < STEP_MS) return;
      last = now();
      isShown = true;
      const counted = `${grouped(done)}${total === 0 ? '' : ` of ${grouped(total)}`} ${unit}`;
      const share = total === 0 ? '' : `${Math.floor((100 * done) / total)} %  `;
      output.write(CLEAR + share + counted);
    },
    clear() {
      if (isShown) output.write(CLEAR);
      isShown = false;
    },
  };
}

const grouped = (number: number): string => number.toLocaleString('en');
