import { RingfenceError, type ErrorCode } from '../../kernel/errors.ts';

/** By SQLSTATE, https://www.postgresql.org/docs/current/errcodes-appendix.html */
const STATES: Readonly<Record<string, readonly [code: ErrorCode, message: string]>> = {
  '23505': ['conflict', 'It exists already'],
  '23503': ['conflict', 'Something else still refers to it'],
  '23514': ['verify_failed', 'A sum in the store would contradict itself'],
  '23502': ['input_invalid', 'A required value is missing'],
  '22003': ['input_invalid', 'A number is out of range'],
  '22P02': ['input_invalid', 'A value has the wrong type'],
  '22021': ['input_invalid', 'A text holds a character that cannot be stored'],
  '22P05': ['input_invalid', 'A text holds a character that the encoding of the database lacks'],
  '55P03': ['store_unavailable', 'The store is busy: try again in a moment'],
  '53100': ['store_unavailable', 'The disk of the server is full: make room'],
  '53300': ['store_unavailable', 'The server gives no more connections: raise its max_connections'],
  '57P03': ['store_unavailable', 'The server is starting or stopping: try again in a moment'],
  '25006': ['store_unavailable', 'The store is read-only: name a server that takes writes, and no replica'],
};

/** What the driver says, without a code, when it has waited for long enough. */
const SILENCE =
  /^(?:timeout exceeded|timeout expired|Connection terminated due to connection timeout|Query read timeout)/;
const SILENT = [
  'store_unavailable',
  'The store did not answer in time: see whether its server is up, can be reached, and is not overloaded',
] as const;
const FAILED = [
  'store_unavailable',
  'The store cannot be reached or failed: see whether its server is up, and what its log says',
] as const;

/** Deadlock and serialization failure: the whole transaction may be tried again. */
export function isTransient(error: unknown): boolean {
  const { code } = error as { code?: unknown };
  return code === '40P01' || code === '40001';
}

/** Translates whatever was thrown. Only PostgreSQL's short message is passed on: `detail` may hold values. */
export function toError(error: unknown): RingfenceError {
  if (error instanceof RingfenceError) return error;
  const { code, message } = error as { code?: unknown; message?: unknown };
  const words = String(message);
  const [fault, text] = STATES[String(code)] ?? (SILENCE.test(words) ? SILENT : FAILED);
  const said = typeof code === 'string' ? `${code}: ${words}` : words;
  return new RingfenceError(fault, `${text} (PostgreSQL ${said})`, { cause: error });
}
