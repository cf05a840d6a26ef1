import type { AdminClient } from './client/client.ts';
import { findConnection } from './client/connection.ts';
import type { CliContext } from './context.ts';
import type { CommonFlags } from './flags.ts';
import { createProgressLine, type ProgressLine } from './terminal/progress.ts';
import { formatTable, printable } from './terminal/table.ts';
import { widthOf } from './terminal/width.ts';

/** What a running command needs: a client of the gateway, and its output. Data goes to stdout, everything else to stderr. */
export interface Session {
  readonly client: AdminClient;
  /** Progress of the command's own long work. The client uses the same line for the gateway's. */
  readonly progress: ProgressLine;
  /** The value as JSON under `--json`, else as text. */
  show<T>(value: T, toText: (value: T) => string): void;
  /** Lists under `--json` stay lists, also empty ones; for people an empty one says `whenEmpty`: what to do. */
  table<T>(rows: readonly T[], columns: Columns<T>, whenEmpty?: string): void;
  /** Prints a remark for people; nothing under `--json`. */
  note(text: string): void;
  /** Prints the warnings of an answer for people; under `--json` they are part of the answer already. */
  warn(warnings: readonly string[]): void;
}

/** Header and text of each column. */
export type Columns<T> = Readonly<Record<string, (row: T) => string | null>>;

/** A connection to the gateway that the flags or the environment name, and where its answers go. */
export async function openSession(context: CliContext, flags: CommonFlags): Promise<Session> {
  const progress = createProgressLine(context.process, Date.now);
  const client = await context.client({ ...(await findConnection(flags, context.process)), progress });
  return { client, progress, ...createOutput(context, flags) };
}

/** Where answers go, for commands that ask no gateway. */
export function createOutput(
  { process }: Pick<CliContext, 'process'>,
  { json }: Pick<CommonFlags, 'json'>,
): Omit<Session, 'client' | 'progress'> {
  const { stdout, stderr } = process;
  const write = (value: unknown, toText: () => string) =>
    void stdout.write(json ? `${JSON.stringify(value)}\n` : toText());
  const note = (text: string) => void (json || stderr.write(`${printable(text)}\n`));
  return {
    show: (value, toText) => write(value, () => endLine(toText(value))),
    table: (rows, columns, whenEmpty = 'Nothing found.') =>
      write(rows, () => (rows.length === 0 ? `${whenEmpty}\n` : tableText(rows, columns, widthOf(stdout)))),
    note,
    warn: (warnings) => warnings.forEach((warning) => note(`warning: ${warning}`)),
  };
}

/** Remarks that there may be more when a list is as long as its limit. */
export function noteLimit({ note }: Pick<Session, 'note'>, rows: readonly unknown[], limit: number): void {
  if (rows.length === limit) note(`There may be more than ${limit}; a higher --limit lists them.`);
}

/** The rows as columns. */
export function tableText<T>(rows: readonly T[], columns: Columns<T>, width: number | null = null): string {
  const cells = rows.map((row) => Object.values(columns).map((column) => column(row)));
  return formatTable(Object.keys(columns), cells, width);
}

function endLine(text: string): string {
  return text === '' || text.endsWith('\n') ? text : `${text}\n`;
}

/** An ISO time to the minute, as `2026-01-02 03:04Z`: in UTC, because reader and gateway may be in different time zones. */
export function minute(iso: string | null): string | null {
  return iso === null ? null : `${iso.slice(0, 16).replace('T', ' ')}Z`;
}
