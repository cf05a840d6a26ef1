import { uptime as seconds } from 'node:os';

/** Milliseconds since the machine was started, with those in which it slept; the same in all its processes. */
export function uptime(): number {
  return seconds() * 1000;
}
