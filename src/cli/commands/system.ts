import { counted } from '../../kernel/wording.ts';
import type { Answer } from '../../api/contract.ts';
import type { BackupView, CliContext, LocalOptions } from '../context.ts';
import type { CommonFlags } from '../flags.ts';
import { createProgressLine } from '../terminal/progress.ts';
import { createOutput, openSession } from '../session.ts';
import { printable, wrapList } from '../terminal/table.ts';

export interface LocalFlags extends Omit<CommonFlags, 'url'> {
  readonly config?: string;
}

export function localOptions({ process }: CliContext, flags: LocalFlags): LocalOptions {
  return {
    config: flags.config ?? (process.env['RINGFENCE_CONFIG'] || null),
    data: flags.data ?? (process.env['RINGFENCE_DATA'] || null),
    json: flags.json,
  };
}

export interface InitFlags extends LocalFlags {
  readonly newToken: boolean;
  readonly trustClock: boolean;
}

export async function init(context: CliContext, flags: InitFlags): Promise<void> {
  const { newToken, trustClock } = flags;
  context.exit(await context.actions.init({ ...localOptions(context, flags), newToken, trustClock }));
}

export async function dev(context: CliContext, flags: LocalFlags): Promise<void> {
  context.exit(await context.actions.dev(localOptions(context, flags)));
}

export async function serve(context: CliContext, flags: LocalFlags): Promise<void> {
  context.exit(await context.actions.serve(localOptions(context, flags)));
}

/** Prints the authority's certificate. It alone goes to stdout, so that it can be redirected to a file. */
export async function ca(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, show, note } = await openSession(context, flags);
  const authority = await client.call('ca.get', {});
  show(authority, ({ certificate }) => certificate);
  note(`SHA-256 ${authority.fingerprint}`);
  wrapList('It is valid only for these hosts:', authority.hosts, 2).forEach(note);
  HOW_TO_TRUST.forEach(note);
}

const HOW_TO_TRUST = [
  'To trust it, write it to a file. Node adds the one that NODE_EXTRA_CA_CERTS names. SSL_CERT_FILE (Go,',
  'Ruby, Python), REQUESTS_CA_BUNDLE (Python requests) and CURL_CA_BUNDLE replace what a program trusts:',
  "append it to a copy of the system's bundle and name that. `ringfence run` does all this for a program.",
];

export async function status(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, show } = await openSession(context, flags);
  show(await client.call('status.get', {}), statusText);
}

function statusText(now: Answer<'status.get'>): string {
  const { version, uptimeSeconds, listeners, workers, journals, store, vendors, alarms } = now;
  return [
    `Ringfence ${version}, up ${Math.floor(uptimeSeconds / 3600)} h ${Math.floor(uptimeSeconds / 60) % 60} min`,
    `store     ${store.engine}: ${store.state}${because(store.problem)}`,
    ...listeners.map(({ name, url }) => `listener  ${name}: ${url}`),
    ...workers.map(
      ({ node, pid, state }) => `process   ${node}: ${state}${pid === null ? '' : `, pid ${pid}`}`,
    ),
    ...journals.map(
      ({ node, state, unshipped, problem }) =>
        `journal   ${node}: ${state}, ${toLoad(unshipped)}${because(problem)}`,
    ),
    ...alarms.map((alarm) => `ALARM     ${alarm}`),
    ...vendors.flatMap(({ id, hosts }) => wrapList(`vendor    ${id}:`, hosts, 10)),
  ]
    .map(printable)
    .join('\n');
}

/** Says how many journal records wait to be loaded into the ledger; null: the store is away. */
export function toLoad(unshipped: number | null): string {
  return unshipped === null
    ? 'an unknown number of records to load'
    : `${counted(unshipped, 'record')} to load`;
}

function because(problem: string | null): string {
  return problem === null ? '' : ` (${problem})`;
}

export async function backup(context: CliContext, flags: LocalFlags, folder: string): Promise<void> {
  const { show, note } = createOutput(context, flags);
  const progress = createProgressLine(context.process, Date.now);
  const copying = context.actions.backup(localOptions(context, flags), folder, progress.update);
  const made = await copying.finally(progress.clear);
  show(made, backupText);
  note('The key ring is not included. Keep a copy of it elsewhere: nothing opens without it.');
}

function backupText({ folder, storeBytes, journals }: BackupView): string {
  const size = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MiB`;
  const store =
    storeBytes === null
      ? 'store     PostgreSQL: not included; restore it from a pg_dump that was made before this'
      : `store     ${size(storeBytes)}`;
  return [folder, store, `journals  ${counted(journals.files, 'file')}, ${size(journals.bytes)}`].join('\n');
}
