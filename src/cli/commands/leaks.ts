import { RingfenceError } from '../../kernel/errors.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { readFileText, readInput } from '../input.ts';
import { reportFindings, type Leak } from '../leak-report.ts';
import { confirm } from '../terminal/prompt.ts';
import { followRotation, guideText } from '../rotation.ts';
import { minute, openSession, type Columns } from '../session.ts';
import { printable } from '../terminal/table.ts';

const COLUMNS: Columns<Leak> = {
  ID: ({ id }) => id,
  STATE: ({ state }) => state,
  CREDENTIAL: ({ title }) => title,
  VALUE: ({ masked }) => masked,
  OURS: (leak) => ownerText(leak),
  SEEN: ({ lastSeenAt }) => minute(lastSeenAt),
  PLACE: ({ places }) => places[0] ?? null,
};

export async function list(
  context: CliContext,
  flags: CommonFlags & { readonly all: boolean },
): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const leaks = await client.call('leaks.list', {});
  table(
    flags.all ? leaks : leaks.filter(({ endedAt }) => endedAt === null),
    COLUMNS,
    flags.all
      ? 'No leak was ever reported. Look for some: ringfence scan --history --report'
      : 'No leak is open; --all lists those that ended.',
  );
}

export async function show(context: CliContext, flags: CommonFlags, leak: string): Promise<void> {
  const session = await openSession(context, flags);
  session.show(await session.client.call('leaks.show', { leak }), leakText);
}

export interface ReportFlags extends CommonFlags {
  readonly stdin: boolean;
  readonly place?: string;
}

/** Reports credentials that a person has told us of. They come from a file or standard input; a flag would be in the shell's history. */
export async function report(context: CliContext, flags: ReportFlags, path?: string): Promise<void> {
  if ((path === undefined) !== flags.stdin)
    throw new RingfenceError('usage', 'Name a file, or give --stdin.');
  const session = await openSession(context, flags);
  const text = path === undefined ? await readInput(context.process) : await readFileText(path);
  const { readFindings } = await import('../leak-input.ts');
  const found = readFindings(text, flags.place ?? path ?? 'standard input');
  const leaks = await reportFindings(session.client, found);
  session.table(leaks, COLUMNS);
  if (leaks.some(({ state }) => state === 'open')) context.exit(EXIT.findings);
  noteNext(session.note, leaks);
}

export interface RespondFlags extends ConfirmedFlags {
  readonly watch?: number;
  readonly force: boolean;
  readonly background: boolean;
}

export async function respond(context: CliContext, flags: RespondFlags, leak: string): Promise<void> {
  const session = await openSession(context, flags);
  const found = await session.client.call('leaks.show', { leak });
  if (found.match?.kind === 'key' && found.endedAt === null)
    await confirm(
      context.process,
      `Revoke the virtual key ${found.owner}? Its app stops working.`,
      flags.yes,
    );
  const { watch, force } = flags;
  const answer = await session.client.call('leaks.respond', {
    leak,
    force,
    watchSeconds: watch,
  });
  if (answer.rotation !== null && !flags.background) return followRotation(context, session, answer.rotation);
  if (answer.guide.length > 0) context.exit(EXIT.findings);
  session.show(answer, () =>
    answer.guide.length > 0
      ? `This needs you:\n${guideText(answer.guide)}`
      : `Leak ${answer.leak.id} is ${answer.leak.state}. ${answer.leak.note}`,
  );
  if (answer.leak.response?.kind === 'revoked')
    session.note('Its app needs a new one: ringfence keys create NAME --app APP --account ACCOUNT');
}

export async function dismiss(
  context: CliContext,
  flags: CommonFlags & { readonly reason: string },
  leak: string,
): Promise<void> {
  const session = await openSession(context, flags);
  const closed = await session.client.call('leaks.dismiss', { leak, reason: flags.reason });
  session.show(closed, ({ id }) => `Leak ${id} is dismissed.`);
}

/** Says what to do about leaks of credentials that the gateway knows. */
export function noteNext(note: (text: string) => void, leaks: readonly Leak[]): void {
  for (const { id, state, match } of leaks)
    if (state === 'open' && match !== null && match.kind !== 'canary')
      note(`Next: ringfence leaks respond ${id}`);
}

function ownerText({ match, owner }: Leak): string | null {
  if (match === null) return null;
  const what = { account: 'account', key: 'key', canary: 'canary' }[match.kind];
  return `${what} ${owner ?? '(removed)'}`;
}

/** The next step for a leak. The rule's remedy is for values that the gateway does not know; its own it can end itself. */
function nextStep({ id, match, endedAt, remedy }: Leak): string | null {
  if (endedAt !== null) return null;
  if (match === null) return remedy === '' ? null : `remedy    ${remedy}`;
  return match.kind === 'canary'
    ? `next      nothing: it is meant to be found; ringfence leaks dismiss ${id} --reason TEXT takes it off the list`
    : `next      ringfence leaks respond ${id}`;
}

/** Describes a leak. Makes places printable: they hold file names of the scanned repository, which may be a stranger's. */
function leakText(leak: Leak): string {
  const { id, title, masked, state, note, places, firstSeenAt, lastSeenAt } = leak;
  const next = nextStep(leak);
  return [
    `${title}  ${masked}`,
    `id        ${id}`,
    `state     ${state}${note === '' ? '' : `: ${note}`}`,
    `ours      ${ownerText(leak) ?? 'no: it is sealed nowhere here'}`,
    `seen      ${minute(firstSeenAt)} to ${minute(lastSeenAt)}`,
    ...places.map((place) => `place     ${place}`),
    ...(next === null ? [] : [next]),
  ]
    .map(printable)
    .join('\n');
}
