import { writeFile } from 'node:fs/promises';
import { RingfenceError } from '../../kernel/errors.ts';
import { canaryFile, type CanaryForm } from '../canary-forms.ts';
import type { CliContext } from '../context.ts';
import type { CommonFlags } from '../flags.ts';
import { confirm } from '../prompt.ts';
import { minute, openSession } from '../session.ts';

const HINT =
  'A thief who knows the vendor calls it directly, and the gateway sees nothing. Where that is likely (public repositories, laptops), plant a real key without any permission instead, and watch its use at the vendor.';

export interface PlantFlags extends CommonFlags {
  readonly account: string;
  readonly form: CanaryForm;
  readonly file?: string;
  readonly place?: string;
}

/** The file is written for its owner alone and never over another one. */
export async function plant(context: CliContext, flags: PlantFlags, name: string): Promise<void> {
  const { client, show, note } = await openSession(context, flags);
  const { account, form, file } = flags;
  const place = flags.place ?? file ?? '';
  const { canary, parts } = await client.call('canaries.plant', { name, account, place });
  const text = canaryFile(form, { vendor: canary.vendor, parts });
  if (file === undefined) show({ canary, parts, text }, () => text);
  else {
    await writeNew(file, text).catch(async (error: unknown) => {
      await client.call('canaries.retire', { canary: canary.id });
      throw error;
    });
    show({ canary, file }, () => `Canary ${canary.name} is planted in ${file}.`);
  }
  note(`Any use is an incident: ringfence canaries list. Retire it with: ringfence canaries retire ${name}`);
  note(HINT);
}

async function writeNew(file: string, text: string): Promise<void> {
  await writeFile(file, text, { flag: 'wx', mode: 0o600 }).catch((cause: unknown) => {
    const isThere = (cause as NodeJS.ErrnoException).code === 'EEXIST';
    throw new RingfenceError('usage', `${file} ${isThere ? 'exists already' : 'cannot be written'}.`, {
      cause,
    });
  });
}

export async function list(
  context: CliContext,
  flags: CommonFlags & { readonly all: boolean },
): Promise<void> {
  const { client, table } = await openSession(context, flags);
  const canaries = await client.call('canaries.list', {});
  table(flags.all ? canaries : canaries.filter(({ retiredAt }) => retiredAt === null), {
    NAME: ({ name }) => name,
    VENDOR: ({ vendor }) => vendor,
    PLACE: ({ place }) => place || null,
    PLANTED: ({ createdAt }) => minute(createdAt),
    USES: ({ uses }) => String(uses),
    'LAST USE': ({ lastUse }) => minute(lastUse?.at ?? null),
    FROM: ({ lastUse }) => lastUse?.address ?? null,
  });
}

export async function retire(
  context: CliContext,
  flags: CommonFlags & { readonly yes: boolean },
  name: string,
): Promise<void> {
  const { client, show } = await openSession(context, flags);
  await confirm(context.process, `Retire the canary ${name}? Its use is no incident any more.`, flags.yes);
  show(await client.call('canaries.retire', { canary: name }), () => `Canary ${name} is retired.`);
}
