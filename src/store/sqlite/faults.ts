import { RingfenceError, type ErrorCode } from '../../kernel/errors.ts';

/** An error as it crosses the thread boundary. */
export interface Fault {
  readonly code: ErrorCode;
  readonly message: string;
  /** After this the connection may not be trusted: no further statement is tried on it. */
  readonly fatal: boolean;
}

type FaultRow = readonly [code: ErrorCode, message: string, fatal?: boolean];

/** `-wal` and `-shm` get the mode that the store has when they are made, and keep it. */
const RIGHTS =
  'look at the disk, and at owner and mode of the file, of -wal and -shm beside it, and of the folder';

/** Nothing is tried on it again before a restart. */
const DISK =
  'The disk failed under the store: see what the system says of it (dmesg), and restart the gateway when it works, or restore a backup on another';

/** By primary result code, https://www.sqlite.org/rescode.html */
const PRIMARY: Readonly<Record<number, FaultRow>> = {
  3: ['store_unavailable', `The store may not be accessed: ${RIGHTS}`],
  5: ['store_unavailable', 'The store is locked by another process: stop it, or wait until it is done'],
  6: ['store_unavailable', 'The store is locked: try again in a moment'],
  7: ['store_unavailable', 'The store ran out of memory: see what else uses that of the machine'],
  8: ['store_unavailable', `The store is read-only: ${RIGHTS}`],
  10: ['store_unavailable', DISK, true],
  11: ['store_unavailable', 'The store file is damaged: restore a backup', true],
  13: ['store_unavailable', 'The disk is full: make room'],
  14: ['store_unavailable', `The store file cannot be opened: ${RIGHTS}`],
  23: ['store_unavailable', `The store may not be accessed: ${RIGHTS}`],
  26: ['store_unavailable', 'The file is not a store, or its first page is damaged: restore a backup', true],
};

/** By extended result code. */
const EXTENDED: Readonly<Record<number, FaultRow>> = {
  275: ['verify_failed', 'A sum in the store would contradict itself'],
  787: ['conflict', 'Something else still refers to it'],
  1299: ['input_invalid', 'A required value is missing'],
  1555: ['conflict', 'It exists already'],
  2067: ['conflict', 'It exists already'],
  3091: ['input_invalid', 'A value has the wrong type'],
};

/** Translates whatever was thrown. Texts of SQLite name tables and columns, never values. */
export function toFault(error: unknown): Fault {
  if (error instanceof RingfenceError) return { code: error.code, message: error.message, fatal: false };
  const { errcode, code, message } = error as { errcode?: unknown; code?: unknown; message?: unknown };
  if (typeof errcode === 'number') {
    const [fault, text, fatal = false] = EXTENDED[errcode] ??
      PRIMARY[errcode & 0xff] ?? [
        'store_unavailable',
        'The store failed: restart the gateway, and restore a backup if that does not help',
      ];
    return { code: fault, message: `${text} (SQLite ${errcode}: ${String(message)})`, fatal };
  }
  if (typeof code === 'string' && /^E[A-Z]+$/.test(code))
    return { code: 'store_unavailable', message: `The store file cannot be used (${code})`, fatal: false };
  return { code: 'internal', message: `The store failed: ${String(message)}`, fatal: false };
}

/** The fault as it crosses the thread, as an error again. */
export function toError({ code, message }: Fault): RingfenceError {
  return new RingfenceError(code, message);
}
