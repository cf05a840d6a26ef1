import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Cost {
  /** User and system time of the command and everything it started, seconds. */
  readonly cpuS: number;
  readonly wallS: number;
  /** Largest resident memory of the command's own process, MiB. */
  readonly peakMiB: number;
  readonly exitCode: number;
}

const POLL_MILLISECONDS = 50;

/**
 * Runs a command to its end and throws its output away. The shell's `times` reports what its children have used, which
 * Node does not tell of children; memory is the high-water mark that the kernel keeps.
 */
export async function measure(command: readonly string[], environment = process.env): Promise<Cost> {
  const script = `"$@" >/dev/null 2>/dev/null </dev/null; code=$?; times; exit $code`;
  const start = performance.now();
  const child = spawn('bash', ['-c', script, 'bash', ...command], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: environment,
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output += text;
  });
  let peakMiB = 0;
  const poll = setInterval(() => {
    peakMiB = Math.max(peakMiB, peakOfChildren(child.pid ?? 0));
  }, POLL_MILLISECONDS);
  const exitCode = await new Promise<number>((resolve, reject) => {
    child.once('error', reject).once('close', (code) => resolve(code ?? -1));
  });
  clearInterval(poll);
  return { cpuS: secondsOf(output), wallS: (performance.now() - start) / 1000, peakMiB, exitCode };
}

/** Second line of `times`: user and system time of the children, as `1m2.345s 0m0.678s`. */
function secondsOf(output: string): number {
  const line = output.trim().split('\n').at(-1) ?? '';
  return [...line.matchAll(/(\d+)m([\d.]+)s/g)].reduce(
    (sum, [, minutes, seconds]) => sum + Number(minutes) * 60 + Number(seconds),
    0,
  );
}

function peakOfChildren(pid: number): number {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
    return Math.max(...children.map((child) => peakOf(Number(child))));
  } catch {
    return 0; // It has ended meanwhile.
  }
}

function peakOf(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
}
