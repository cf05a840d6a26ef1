import type { AdminClient } from './client/client.ts';
import { findConnection } from './client/connection.ts';
import type { CliContext } from './context.ts';
import type { CommonFlags } from './flags.ts';
import { createProgressLine, type ProgressLine } from './terminal/progress.ts';
import { formatTable, printable } from './terminal/table.ts';
import { widthOf } from './terminal/width.ts';

/** One command at work: its client and its ways to say something. Data goes to stdout, everything else to stderr. */
export interface Session {
  readonly client: AdminClient;
  /** Of work that takes long. What the gateway does is told there by itself. */
  readonly progress: ProgressLine;
  /** The value as JSON under `--json`, else as text. */
  show<T>(value: T, toText: (value: T) => string): void;
  /** Lists under `--json` stay lists, also empty ones; for people an empty one says `whenEmpty`: what to do. */
  table<T>(rows: readonly T[], columns: Columns<T>, whenEmpty?: string): void;
  /** A remark for people; silent under `--json`. */
  note(text: string): void;
  /** Warnings of the gateway that are part of the answer, for people. */
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

/** A list as long as its limit may not be the whole. */
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

/** `2026-01-02 03:04Z` of an ISO time: the reader may be in another zone than the gateway. */
export function minute(iso: string | null): string | null {
  return iso === null ? null : `${iso.slice(0, 16).replace('T', ' ')}Z`;
}
