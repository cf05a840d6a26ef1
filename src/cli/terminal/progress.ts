import type { Progress } from '../../kernel/progress.ts';
import type { CliProcess } from '../context.ts';

/** Work that takes less shows no progress line. */
const QUIET_MILLISECONDS = 500;
const STEP_MILLISECONDS = 100;
const CLEAR = '\r\u001B[K';

export interface ProgressLine {
  update(progress: Progress): void;
  clear(): void;
}

/** A progress line on standard error that overwrites itself; silent where that is no terminal. */
export function createProgressLine(process: Pick<CliProcess, 'stderr'>, now: () => number): ProgressLine {
  const start = now();
  let last = start + QUIET_MILLISECONDS - STEP_MILLISECONDS;
  let isShown = false;
  return {
    update({ done, total, unit }) {
      if (now() - last < STEP_MILLISECONDS || process.stderr.isTTY !== true) return;
      last = now();
      isShown = true;
      const counted = `${grouped(done)}${total === 0 ? '' : ` of ${grouped(total)}`} ${unit}`;
      const share = total === 0 ? '' : `${Math.floor((100 * done) / total)} %  `;
      process.stderr.write(CLEAR + share + counted);
    },
    clear() {
      if (isShown) process.stderr.write(CLEAR);
      isShown = false;
    },
  };
}

const grouped = (number: number): string => number.toLocaleString('en');
