import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { RingfenceError } from '../../kernel/errors.ts';
import type { Environment } from './environment.ts';

const FORWARDED = ['SIGTERM', 'SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
/** Signals that a terminal sends to the child as well. They are not passed on, since a second one would mean "stop at once". */
const FROM_TERMINAL = ['SIGINT', 'SIGQUIT', 'SIGWINCH'] as const;

/** Where signals for us arrive; `process` in the product. */
export interface SignalSource {
  /** True when we run in a terminal. */
  readonly isTerminal: boolean;
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/** Runs the command with our terminal, passes signals on, and resolves to its exit code (128 + signal when killed). */
export function runChild(
  [program = '', ...args]: readonly string[],
  environment: Environment,
  signals: SignalSource,
): Promise<number> {
  const child = spawn(program, args, { env: environment, stdio: 'inherit' });
  const pass = (signal: NodeJS.Signals) => [signal, () => void child.kill(signal)] as const;
  const ignore = (signal: NodeJS.Signals) => [signal, () => undefined] as const;
  const listeners = [...FORWARDED.map(pass), ...FROM_TERMINAL.map(signals.isTerminal ? ignore : pass)];
  for (const [signal, listener] of listeners) signals.on(signal, listener);
  return new Promise<number>((resolve, reject) => {
    child.on('error', (cause: NodeJS.ErrnoException) => {
      const why = cause.code === 'ENOENT' ? 'there is no such program here or in PATH' : cause.code;
      reject(new RingfenceError('input_invalid', `${program} cannot be run: ${why}.`, { cause }));
    });
    child.on('exit', (code, signal) =>
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])),
    );
  }).finally(() => {
    for (const [signal, listener] of listeners) signals.off(signal, listener);
  });
}
