import { X509Certificate } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Answer } from '../../api/contract.ts';
import { clockDifference } from '../../kernel/clock-difference.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { finding, ok, skipped, type Check } from '../checks.ts';
import { DEFAULT_URL, findPlaces } from '../client/places.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import { checkHosts } from '../host-checks.ts';
import type { CommonFlags } from '../flags.ts';
import { openSession, type Session } from '../session.ts';
import { printable } from '../terminal/table.ts';
import { localOptions, toLoad, type LocalFlags } from './system.ts';

const MOST_SKEW_MILLISECONDS = 5000;
const CONNECT_TIMEOUT_MILLISECONDS = 2000;

type Status = Answer<'status.get'>;

/** Looks at this machine, then at the running gateway; each finding names its remedy. */
export async function doctor(context: CliContext, flags: LocalFlags & CommonFlags): Promise<void> {
  const session = await openSession(context, flags);
  const { url, data } = await findPlaces(flags, context.process);
  const inspected = await context.actions.inspect(localOptions(context, flags));
  // Nothing named a gateway of this machine, and what listens on the default port may be another one.
  const isPlaced = url !== DEFAULT_URL || inspected.some(({ name }) => name === 'data');
  const checks = [
    checkNode(context.process.version),
    ...inspected,
    ...(isPlaced ? [await checkToken(data), ...(await checkGateway(session))] : [UNPLACED]),
  ];
  if (checks.some(({ state }) => state === 'finding')) context.exit(EXIT.findings);
  session.show(checks, (all) => all.map(formatCheck).join('\n'));
}

const MARKS = { ok: 'ok     ', finding: 'FINDING', skipped: 'skipped' } as const;

function formatCheck({ name, state, message, remedy }: Check): string {
  const lines = [`${MARKS[state]}  ${name}: ${message}`, ...(remedy === '' ? [] : [`         ${remedy}`])];
  return lines.map(printable).join('\n');
}

function checkNode(version: string): Check {
  const [major = 0, minor = 0] = version.replace(/^v/, '').split('.').map(Number);
  if (major > 24 || (major === 24 && minor >= 12)) return ok('node', version);
  return finding('node', `${version} is too old`, 'Install Node 24.12 or newer.');
}

const UNPLACED = skipped(
  'gateway',
  'the configuration tells where it is; until that can be read, name its URL with --url',
);

async function checkToken(data: string): Promise<Check> {
  const path = join(data, 'admin-token');
  const found = await stat(path).catch(() => null);
  if (found === null) return skipped('token', `there is no ${path}`);
  if ((found.mode & 0o077) === 0) return ok('token', `${path} is private`);
  return finding('token', `others may read ${path}`, `chmod 600 ${path}`);
}

/** Enough rows to tell whether somebody imported prices besides those that ship with Ringfence, some thousands. */
const MOST_PRICES = 10_000;

/** Warns of vendors that have only the prices that ship with Ringfence: a budget is only as exact as its prices. */
async function checkPrices({ client }: Session): Promise<readonly Check[]> {
  const accounts = await client.call('accounts.list', {});
  const vendors = [...new Set(accounts.map(({ vendor }) => vendor))];
  return Promise.all(
    vendors.map(async (vendor) => {
      const rows = await client.call('prices.list', { vendor, limit: MOST_PRICES });
      const name = `prices ${vendor}`;
      const remedy = 'Import the prices of the account with `ringfence prices import`.';
      if (rows.length === 0) return finding(name, 'there are none, so what costs money is refused', remedy);
      const isCoarse = rows.every(({ kind }) => kind === 'band');
      return isCoarse ? finding(name, 'coarse upper bounds only', remedy) : ok(name, 'own prices');
    }),
  );
}

async function checkGateway(session: Session): Promise<readonly Check[]> {
  const { client } = session;
  try {
    const status = await client.call('status.get', {});
    const authority = await client.call('ca.get', {});
    return [
      ok('gateway', `version ${status.version}`),
      checkStore(status),
      ...status.journals.map(checkJournal),
      ...status.workers.map(checkWorker),
      ...(await Promise.all(status.listeners.map(checkListener))),
      ...checkHosts(status.listeners, [...authority.hosts, ...(await hostsOfAccounts(session))]),
      checkAuthority(authority.certificate),
      checkClock(status.clock),
      ...(await checkPrices(session)),
    ];
  } catch (error) {
    if (!(error instanceof RingfenceError)) throw error;
    return [finding('gateway', error.message, error.hint)];
  }
}

/** Hosts of all accounts, including those that no certificate can name, such as IP addresses. */
async function hostsOfAccounts({ client }: Session): Promise<readonly string[]> {
  return (await client.call('accounts.list', {})).flatMap(({ fields: { host } }) => host ?? []);
}

function checkStore({ store }: Status): Check {
  if (store.state === 'ok') return ok('store', store.engine);
  return finding('store', store.problem ?? store.state, 'Nothing is spent until the store is back.');
}

const FULL_OR_FAILED =
  'A full disk: make room, and it goes on by itself; one that has failed: replace it, then restart.';

function checkJournal({ node, state, problem, unshipped }: Status['journals'][number]): Check {
  const name = `journal ${node}`;
  if (state === 'ok') return ok(name, toLoad(unshipped));
  return finding(name, problem ?? state, FULL_OR_FAILED);
}

function checkWorker({ node, state }: Status['workers'][number]): Check {
  const name = `process ${node}`;
  return state === 'ok' ? ok(name, 'works') : finding(name, state, 'See the log of the gateway.');
}

async function checkListener({ name, url }: Status['listeners'][number]): Promise<Check> {
  if (await isReachable(url)) return ok(`listener ${name}`, url);
  return finding(
    `listener ${name}`,
    `${url} cannot be reached from here`,
    'Check the address and the firewall.',
  );
}

function isReachable(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  const host = hostname.replaceAll(/[[\]]/g, '');
  const socket = connect({ host, port: Number(port || (protocol === 'https:' ? 443 : 80)) });
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.once('connect', () => resolve(true));
  socket.once('error', () => resolve(false));
  socket.setTimeout(CONNECT_TIMEOUT_MILLISECONDS, () => resolve(false));
  return promise.finally(() => socket.destroy());
}

function checkAuthority(certificate: string): Check {
  const { validToDate } = new X509Certificate(certificate);
  const days = Math.floor((validToDate.getTime() - Date.now()) / 86_400_000);
  const text = `the certificate is valid for ${days} days`;
  return days > 30
    ? ok('authority', text)
    : finding(
        'authority',
        text,
        'Restart the gateway, which renews it, and give the apps what `ringfence ca` prints then.',
      );
}

/** Warns when the ledger clock and the machine's are apart: it follows forward steps only slowly, and backward ones never. */
function checkClock({ wall, ledger }: Status['clock']): Check {
  const here = Math.abs(Date.now() - Date.parse(wall));
  const apart = clockDifference({ wall: Date.parse(wall), ledger: Date.parse(ledger) });
  if (here > MOST_SKEW_MILLISECONDS)
    return finding('clock', `gateway and this machine differ by ${here} ms`, 'Let NTP set both clocks.');
  if (apart !== null) return finding('clock', apart.message, apart.remedy);
  return ok('clock', 'in step');
}
