import { RingfenceError } from '../../kernel/errors.ts';
import { namesOf } from '../client/names.ts';
import type { CliContext } from '../context.ts';
import { EXIT } from '../exit.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { confirm } from '../terminal/prompt.ts';
import { followRotation, guideText } from '../rotation.ts';
import { readValues, type ValueSource, type VendorInfo } from '../secrets.ts';
import { minute, openSession, type Session } from '../session.ts';

export interface SealFlags extends CommonFlags, ValueSource {
  readonly upstream?: string;
  readonly currency?: string;
}

export async function seal(
  context: CliContext,
  flags: SealFlags,
  vendor: string,
  name: string,
): Promise<void> {
  const session = await openSession(context, flags);
  const values = await readValues(context.process, await findVendor(session, vendor), flags);
  const { upstream, currency } = flags;
  const before = await fingerprint(session);
  const account = await session.client.call('accounts.seal', { vendor, name, values, upstream, currency });
  session.show(account, () => `Account ${account.name} is sealed as ${account.id}.`);
  await tellOfCertificate(session, before);
  session.note(`Next: ringfence accounts test ${account.id}`);
}

export async function reseal(
  context: CliContext,
  flags: CommonFlags & ValueSource,
  reference: string,
): Promise<void> {
  const session = await openSession(context, flags);
  const accounts = await session.client.call('accounts.list', {});
  const found = accounts.find(({ id, name }) => id === reference || name === reference);
  if (found === undefined)
    throw new RingfenceError('not_found', `There is no vendor account "${reference}".`);
  const values = await readValues(context.process, await findVendor(session, found.vendor), flags);
  const before = await fingerprint(session);
  const account = await session.client.call('accounts.reseal', { account: found.id, values });
  session.show(account, () => `The vendor accepts the new credential of ${account.name}; it is in use.`);
  await tellOfCertificate(session, before);
  session.note('Revoke the old one at the vendor now.');
}

async function fingerprint({ client }: Session): Promise<string> {
  return (await client.call('ca.get', {})).fingerprint;
}

/** Says so if the certificate was reissued, which an account with a host of its own can cause: apps have to trust the new one. */
async function tellOfCertificate(session: Session, before: string): Promise<void> {
  if ((await fingerprint(session)) !== before)
    session.note('Apps reach its host with the new certificate of the authority: ringfence ca');
}

async function findVendor({ client }: Session, vendor: string): Promise<VendorInfo> {
  const vendors = await client.call('vendors.list', {});
  const found = vendors.find(({ id }) => id === vendor);
  if (found !== undefined) return found;
  const known = vendors.map(({ id }) => id).join(', ');
  throw new RingfenceError('not_found', `There is no vendor "${vendor}", only ${known}.`);
}

export async function list(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  table(
    await client.call('accounts.list', {}),
    {
      NAME: ({ name }) => name,
      VENDOR: ({ vendor }) => vendor,
      ID: ({ id }) => id,
      CURRENCY: ({ currency }) => currency,
      TESTED: ({ testedAt }) => minute(testedAt),
      UPSTREAM: ({ upstream }) => upstream,
    },
    'No account yet. Seal one: ringfence accounts seal VENDOR NAME',
  );
}

export async function test(context: CliContext, flags: CommonFlags, account: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  const result = await client.call('accounts.test', { account });
  if (!result.accepted) context.exit(EXIT.findings);
  const verdict = result.accepted ? 'accepts' : 'refuses';
  show(result, ({ status }) => `The vendor ${verdict} the credential (status ${status}).`);
}

export interface RotateFlags extends CommonFlags {
  readonly secret?: string;
  readonly watch?: number;
  readonly force: boolean;
  readonly background: boolean;
}

export async function rotate(context: CliContext, flags: RotateFlags, account: string): Promise<void> {
  const session = await openSession(context, flags);
  const { secret, watch, force } = flags;
  const answer = await session.client.call('accounts.rotate', {
    account,
    force,
    secret,
    watchSeconds: watch,
  });
  if (answer.rotation === null) {
    context.exit(EXIT.findings);
    session.show(answer, ({ guide }) => guideText(guide));
    return session.note('The vendor has no API for this; these are the steps for you.');
  }
  if (flags.background) return session.show(answer.rotation, ({ id }) => `${id} is under way.`);
  await followRotation(context, session, answer.rotation);
}

export async function rotations(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const all = await client.call('accounts.rotations', {});
  const nameOf = await namesOf(client, flags.json ? [] : all.map(({ account }) => account));
  table(
    all,
    {
      ACCOUNT: ({ account }) => nameOf(account),
      SECRET: ({ secret }) => secret,
      STATE: ({ state }) => state,
      PHASE: ({ phase }) => phase,
      STARTED: ({ startedAt }) => minute(startedAt),
      PROBLEM: ({ problem }) => problem,
    },
    'No account was ever rotated. Rotate one: ringfence accounts rotate ACCOUNT',
  );
}

export async function remove(context: CliContext, flags: ConfirmedFlags, account: string): Promise<void> {
  const { client, show, warn } = await openSession(context, flags);
  await confirm(context.process, `Remove the account ${account} and its sealed credential?`, flags.yes);
  const answer = await client.call('accounts.remove', { account });
  show(answer, () => `Account ${account} is removed.`);
  warn(answer.warnings);
}

export async function rekey(context: CliContext, flags: CommonFlags): Promise<void> {
  const { client, show, note } = await openSession(context, flags);
  const report = await client.call('accounts.rekey', {});
  const { unread } = report;
  if (report.failed.length > 0 || unread !== null) context.exit(EXIT.findings);
  show(report, ({ ringKey, rewrapped, current, failed }) =>
    [
      `${rewrapped} re-wrapped to the key ${ringKey}, ${current} were already, ${failed.length} failed.`,
      ...failed.map(({ source, id, problem }) => `  ${source} ${id}: ${problem}`),
    ].join('\n'),
  );
  if (unread !== null)
    note(
      `The ring has a newer key, ${unread}: restart the gateway, which reads it then, and run this again.`,
    );
}
