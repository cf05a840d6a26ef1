import { unlink, writeFile } from 'node:fs/promises';
import { canaryFile, type CanaryForm } from '../canary-forms.ts';
import type { CliContext } from '../context.ts';
import type { CommonFlags, ConfirmedFlags } from '../flags.ts';
import { openNewFile } from '../new-file.ts';
import { confirm } from '../terminal/prompt.ts';
import { minute, openSession } from '../session.ts';

const HINT =
  'A thief who knows the vendor calls it directly, and the gateway sees nothing. Where that is likely (public repositories, laptops), plant a real key without any permission instead, and watch its use at the vendor.';

export interface PlantFlags extends CommonFlags {
  readonly account: string;
  readonly form: CanaryForm;
  readonly file?: string;
  readonly place?: string;
}

/** Plants a canary. Its file is readable by its owner only, and never overwrites another one. */
export async function plant(context: CliContext, flags: PlantFlags, name: string): Promise<void> {
  const { client, show, note } = await openSession(context, flags);
  const { account, form, file } = flags;
  const place = flags.place ?? file ?? '';
  // The file is created first: if it cannot be, no canary exists that is planted nowhere and yet occupies its name.
  if (file !== undefined) await (await openNewFile(file)).close();
  const planted = client.call('canaries.plant', { name, account, place });
  const { canary, parts } = await (file === undefined ? planted : planted.catch(removing(file)));
  const text = canaryFile(form, { vendor: canary.vendor, parts });
  if (file === undefined) show({ canary, parts, text }, () => text);
  else {
    await writeFile(file, text);
    show({ canary, file }, () => `Canary ${canary.name} is planted in ${file}.`);
  }
  note(`Any use is an incident: ringfence canaries list. Retire it with: ringfence canaries retire ${name}`);
  note(HINT);
}

function removing(file: string) {
  return async (error: unknown): Promise<never> => {
    await unlink(file);
    throw error;
  };
}

export async function list(
  context: CliContext,
  flags: CommonFlags & { readonly all: boolean },
): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const canaries = await client.call('canaries.list', {});
  table(
    flags.all ? canaries : canaries.filter(({ retiredAt }) => retiredAt === null),
    {
      NAME: ({ name }) => name,
      VENDOR: ({ vendor }) => vendor,
      PLACE: ({ place }) => place || null,
      PLANTED: ({ createdAt }) => minute(createdAt),
      ...(flags.all ? { RETIRED: ({ retiredAt }) => minute(retiredAt) } : {}),
      USES: ({ uses }) => String(uses),
      'LAST USE': ({ lastUse }) => minute(lastUse?.at ?? null),
      FROM: ({ lastUse }) => lastUse?.address ?? null,
    },
    flags.all || canaries.length === 0
      ? 'No canary. Plant one: ringfence canaries plant NAME --account ACCOUNT --file FILE'
      : 'No canary is watched for; --all lists retired ones.',
  );
}

export async function retire(context: CliContext, flags: ConfirmedFlags, name: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  await confirm(context.process, `Retire the canary ${name}? Its use is no incident any more.`, flags.yes);
  show(await client.call('canaries.retire', { canary: name }), () => `Canary ${name} is retired.`);
}

export async function remove(context: CliContext, flags: ConfirmedFlags, name: string): Promise<void> {
  const { client, show } = await openSession(context, flags);
  await confirm(context.process, `Forget the canary ${name} and how often it was used?`, flags.yes);
  show(await client.call('canaries.remove', { canary: name }), () => `Canary ${name} is removed.`);
}
