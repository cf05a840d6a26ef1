import { mkdirSync, openSync, closeSync, readFileSync, rmSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { RingfenceError } from '../kernel/errors.ts';

/** Holds a journal directory for this process. A lock of a process that no longer lives is taken over. Returns the release. */
export function takeLock(directory: string): () => void {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const path = join(directory, 'lock');
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const fd = openSync(path, 'wx', 0o600);
      writeSync(fd, `${process.pid} ${startOf(process.pid) ?? ''}`);
      closeSync(fd);
      return () => rmSync(path, { force: true });
    } catch {
      if (isHeld(path)) break;
      rmSync(path, { force: true });
    }
  }
  throw new RingfenceError('conflict', `Another process writes the journal in ${directory}.`);
}

function isHeld(path: string): boolean {
  try {
    const [pid = '', start = ''] = readFileSync(path, 'utf8').split(' ');
    const now = startOf(Number(pid));
    return now !== null && now === start && Number(pid) !== process.pid;
  } catch {
    return false;
  }
}

/** Start time of a process in clock ticks since boot; null when there is none. */
function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null;
  } catch {
    return null;
  }
}
