import { ERRORS, RingfenceError } from '../kernel/errors.ts';
import { EXIT } from './exit.ts';
import { printable } from './terminal/table.ts';

/** The user pressed Ctrl-C. */
export class Interrupted extends Error {
  override readonly name = 'Interrupted';
}

/** Exit code of a command that threw `error`. */
export function exitCodeOf(error: unknown): number {
  if (error instanceof Interrupted) return EXIT.interrupted;
  if (!(error instanceof RingfenceError)) return EXIT.failure;
  if (error.code === 'usage') return EXIT.usage;
  if (error.code === 'cancelled') return EXIT.cancelled;
  if (error.code === 'verify_failed') return EXIT.findings;
  if (error.code === 'not_authenticated') return EXIT.unauthenticated;
  return ERRORS[error.code].category === 'denied' ? EXIT.denied : EXIT.failure;
}

export interface FailureStyle {
  readonly json: boolean;
  /** Print the chain of causes too. */
  readonly verbose: boolean;
}

/** Says what went wrong and what to do about it; one JSON object under `--json`. A `RingfenceError` is shown without its stack. */
export function formatFailure(error: unknown, { json, verbose }: FailureStyle): string {
  if (error instanceof Interrupted) return json ? JSON.stringify({ error: { code: 'interrupted' } }) : '';
  const fault = error instanceof RingfenceError ? error : null;
  const code = fault?.code ?? 'internal';
  const message = error instanceof Error ? error.message : String(error);
  const hint = fault?.hint ?? (isRefusedBySystem(error) ? REFUSED : ERRORS.internal.hint);
  const causes = verbose ? causesOf(error) : [];
  if (json) {
    const extra = verbose ? { causes } : {};
    return JSON.stringify({ error: { code, message, hint, ...extra } });
  }
  const lines = [`error: ${message}`, `  ${hint}`, ...causes.map((cause) => `  because: ${cause}`)];
  return lines.map((line) => line.split('\n').map(printable).join('\n  ')).join('\n');
}

const REFUSED = 'The operating system refused this: check the path, its permissions and the free disk space.';

/** True for an error of the operating system about a file, folder or port: that is not a bug of Ringfence. */
function isRefusedBySystem(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const { code, syscall } = error as NodeJS.ErrnoException;
  return syscall !== undefined && /^E[A-Z0-9]+$/.test(code ?? '');
}

function causesOf(error: unknown): readonly string[] {
  const causes: string[] = [];
  for (let cause = causeOf(error); cause !== undefined && causes.length < 10; cause = causeOf(cause))
    causes.push(describeCause(cause));
  return causes;
}

/** Describes a cause. Of a thrown object that is no error only the type is named, since it may hold secrets. */
function describeCause(cause: unknown): string {
  if (cause instanceof Error) return `${cause.name}: ${cause.message}`;
  return typeof cause === 'string' ? cause : typeof cause;
}

function causeOf(error: unknown): unknown {
  return error instanceof Error ? error.cause : undefined;
}
