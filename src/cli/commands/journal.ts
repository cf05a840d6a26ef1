import { unlink } from 'node:fs/promises';
import type { Answer } from '../../api/contract.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { Interrupted } from '../failure.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { createNaming } from '../client/names.ts';
import { openNewFile } from '../new-file.ts';
import { confirm } from '../terminal/prompt.ts';
import { openSession } from '../session.ts';
import { describeRecord, inUnits } from '../../journal/describe.ts';
import type { JournalRecord } from '../../journal/records.ts';
import { formatMicros, micros } from '../../kernel/money.ts';
import { counted } from '../../kernel/wording.ts';
import { printable } from '../terminal/table.ts';

type Entry = Answer<'journal.show'>['entries'][number];
type Retired = Answer<'journal.verify'>['journals'][number]['retired'][number];

export interface TailFlags extends CommonFlags {
  readonly limit?: number;
  readonly follow: boolean;
}

export async function tail(context: CliContext, flags: TailFlags): Promise<void> {
  const { client } = await openSession(context, flags);
  const naming = createNaming(client);
  const print = async (entries: readonly Entry[]) => {
    const lines = entries.map(flags.json ? (entry) => JSON.stringify(entry) : formatEntry).join('\n');
    const text = flags.json ? lines : await naming(lines, (_, name) => printable(name));
    if (text !== '') context.process.stdout.write(`${text}\n`);
  };
  const first = await client.call('journal.tail', { limit: flags.limit });
  await print(first.entries);
  if (!flags.follow) return;
  await untilInterrupted(context, async (signal) => {
    for (let { cursor } = first; ;) {
      const next = await client.call('journal.tail', { cursor, limit: 1000, waitSeconds: 25 }, signal);
      await print(next.entries);
      ({ cursor } = next);
    }
  });
}

async function untilInterrupted(
  { process }: CliContext,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<void> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.on('SIGINT', stop);
  try {
    await work(controller.signal);
  } catch (error) {
    throw controller.signal.aborted ? new Interrupted() : error;
  } finally {
    process.off('SIGINT', stop);
  }
}

export async function show(context: CliContext, flags: CommonFlags, id: string): Promise<void> {
  const session = await openSession(context, flags);
  const story = await session.client.call('journal.show', { id });
  const text = story.entries.map(formatInFull).join('\n\n');
  const named = flags.json
    ? text
    : await createNaming(session.client)(text, (one, name) => `${one} (${printable(name)})`);
  session.show(story, () => named);
  if (story.isCut)
    session.note(
      'So much came after it that not all was looked at; `ringfence journal export` has the rest.',
    );
}

export interface ExportFlags extends CommonFlags {
  readonly since?: string;
  readonly until?: string;
  readonly output?: string;
}

/** Exports records as JSON lines, with or without `--json`. An output file is readable by its owner only. */
export async function exportRecords(context: CliContext, flags: ExportFlags): Promise<void> {
  const { client, note, progress } = await openSession(context, flags);
  const { since, until, output } = flags;
  const isInView = output === undefined && context.process.stdout.isTTY === true;
  const file = output === undefined ? null : (await openNewFile(output)).createWriteStream();
  const target = file ?? context.process.stdout;
  const failed = new Promise<never>((_, reject) => void file?.once('error', reject));
  failed.catch(() => undefined);
  let records = 0;
  try {
    for await (const entry of client.lines('journal.export', { since, until })) {
      const isFull = target.write(`${JSON.stringify(entry)}\n`) === false;
      if (isFull && file !== null)
        await Promise.race([new Promise<void>((done) => void file.once('drain', () => done())), failed]);
      records += 1;
      if (!isInView) progress.update({ done: records, total: 0, unit: 'records' });
    }
  } catch (error) {
    // The command refuses to overwrite a file, so an empty one is removed: then it can be repeated.
    if (output !== undefined && records === 0) await unlink(output);
    throw error;
  } finally {
    progress.clear();
  }
  if (file !== null) await Promise.race([new Promise<void>((done) => file.end(() => done())), failed]);
  note(`${counted(records, 'record')} exported.`);
}

export async function verify(context: CliContext, flags: CommonFlags): Promise<void> {
  const session = await openSession(context, flags);
  const result = await session.client.call('journal.verify', {});
  if (result.problems.length > 0) context.exit(EXIT.findings);
  session.show(result, ({ journals, problems }) =>
    [
      ...journals.flatMap(({ node, epochs, records, signed, torn, retired }) => [
        `${node}: ${counted(records, 'record')} in ${counted(epochs, 'epoch')}, ${signed} under a signature`,
        ...retired.map(retirementLine),
        ...torn.map(({ id, bytes }) => `${id}: never finished, ${bytes} bytes that a crash cut off`),
      ]),
      ...(problems.length === 0 ? ['No contradiction.'] : problems),
    ]
      .map(printable)
      .join('\n'),
  );
}

function retirementLine({ node, through, actor, at, reason, segments, kept }: Retired): string {
  const all = counted(segments.length, 'segment');
  const files = kept === segments.length ? `${all} kept` : `${kept} of ${all} kept`;
  const missing = segments.filter(({ hash }) => hash === null).map(({ name }) => name);
  const rest = missing.length === 0 ? '' : `; the disk did not give ${missing.join(', ')}`;
  return `${node}: retired through epoch ${through} by ${actor} on ${at.slice(0, 10)}: ${reason}; ${files}${rest}`;
}

export interface RetireFlags extends ConfirmedFlags {
  readonly reason: string;
}

export async function retire(
  context: CliContext,
  flags: RetireFlags,
  node: string,
  through: number,
): Promise<void> {
  const session = await openSession(context, flags);
  const question = `Begin the journal of ${node} after epoch ${through}? What goes can no longer be shown or exported.`;
  await confirm(context.process, question, flags.yes);
  const { reason } = flags;
  const retired = await session.client.call('journal.retire', { node, through, reason });
  session.show(retired, ({ segments, faults }) =>
    [
      `The journal of ${node} begins after epoch ${through}. Moved to its folder \`retired\`, ${counted(segments.length, 'segment')}:`,
      ...segments.map(({ name, bytes, hash }) => `  ${name}  ${bytes} bytes  ${hashText(hash)}`),
      ...faults,
    ]
      .map(printable)
      .join('\n'),
  );
}

function hashText(hash: string | null): string {
  return hash === null ? 'cannot be read: what it held is missing' : `SHA-256 ${hash}`;
}

function formatEntry({ id, record }: Entry): string {
  const time = new Date(record.at).toISOString().slice(0, 19).replace('T', ' ');
  return `${time}Z  ${id}  ${describeRecord(record as unknown as JournalRecord).text}`;
}

export function formatInFull({ id, record }: Pick<Entry, 'id' | 'record'>): string {
  const lines = Object.entries(record).map(([name, value]) => printable(`  ${name}: ${textOf(name, value)}`));
  return [id, ...lines].join('\n');
}

function textOf(name: string, value: unknown): string {
  if (name === 'at' && typeof value === 'number') return new Date(value).toISOString();
  if (name === 'reserves' && Array.isArray(value)) return value.map(reserveText).join(', ');
  if (name === 'spent' && Array.isArray(value)) return value.map((one) => textOf('amount', one)).join(', ');
  const shown = inUnits(name, value);
  return typeof shown === 'string' ? shown : JSON.stringify(shown, inUnits);
}

function reserveText(reserve: unknown): string {
  const [budget, , amount] = Array.isArray(reserve) ? (reserve as readonly unknown[]) : [];
  if (typeof budget !== 'string' || !Number.isSafeInteger(amount)) return JSON.stringify(reserve);
  return `${formatMicros(micros(Number(amount)))} of ${budget}`;
}
