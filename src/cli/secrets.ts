import type { Answer } from '../api/contract.ts';
import { RingfenceError } from '../kernel/errors.ts';
import type { CliProcess } from './context.ts';
import { readFileText, readInput } from './input.ts';
import { ask, isTerminal } from './terminal/prompt.ts';

export type VendorInfo = Answer<'vendors.list'>[number];
type Values = Readonly<Record<string, string>>;

export interface ValueSource {
  /** Public fields as `name=value`. */
  readonly set?: readonly string[];
  readonly stdin: boolean;
  readonly file?: string;
}

/**
 * Values of a vendor account's fields. Public ones may come by `--set`; secrets come from standard input, a file or
 * the terminal, never from a flag, which other users of the machine and the shell's history see.
 */
export async function readValues(
  process: Pick<CliProcess, 'stdin' | 'stderr'>,
  vendor: VendorInfo,
  source: ValueSource,
): Promise<Values> {
  const given = readSet(vendor, source.set ?? []);
  if (source.file !== undefined) return { ...given, ...parseValues(vendor, await readFileText(source.file)) };
  if (source.stdin) return { ...given, ...parseValues(vendor, await readInput(process)) };
  if (!isTerminal(process))
    throw new RingfenceError(
      'usage',
      `Without a terminal give the secrets with --stdin or --file, as a JSON object; ${vendor.id} has ${vendor.fields.map(({ name }) => name).join(', ')}.`,
    );
  return { ...given, ...(await askAll(process, vendor, given)) };
}

function readSet(vendor: VendorInfo, pairs: readonly string[]): Values {
  return Object.fromEntries(
    pairs.map((pair) => {
      const [name = ''] = pair.split('=', 1);
      const field = vendor.fields.find((one) => one.name === name);
      if (field === undefined || !pair.includes('='))
        throw new RingfenceError('usage', `--set wants name=value; ${vendor.id} has ${publicNames(vendor)}.`);
      if (field.secret)
        throw new RingfenceError(
          'usage',
          `${name} is a secret: type it when asked, or use --stdin or --file.`,
        );
      return [name, pair.slice(name.length + 1)] as const;
    }),
  );
}

function publicNames({ fields }: VendorInfo): string {
  return fields
    .filter(({ secret }) => !secret)
    .map(({ name }) => name)
    .join(', ');
}

/** A JSON object of fields, the private key alone (a PEM file), or one secret per line in the order of the vendor's fields. */
export function parseValues({ fields }: VendorInfo, input: string): Values {
  const text = input.trim();
  if (text.startsWith('{')) return parseObject(text);
  const secrets = fields.filter(({ secret }) => secret);
  if (text.startsWith('-----BEGIN ')) return { [nameOfKey(secrets)]: text };
  const lines = text.split('\n').map((line) => line.trim());
  if (lines.length > secrets.length)
    throw new RingfenceError(
      'usage',
      `There are more lines than the ${secrets.length} secrets of this vendor.`,
    );
  return Object.fromEntries(lines.map((line, place) => [secrets[place]?.name ?? '', line]));
}

function nameOfKey(secrets: VendorInfo['fields']): string {
  return (secrets.find(({ name }) => name === 'privateKey') ?? secrets[0])?.name ?? '';
}

function parseObject(text: string): Values {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new RingfenceError('usage', 'The secrets are not valid JSON.');
  }
  const entries = Object.entries(value as Record<string, unknown>);
  if (entries.some(([, member]) => typeof member !== 'string'))
    throw new RingfenceError('usage', 'Every member of the JSON object must be a text.');
  return value as Values;
}

async function askAll(
  process: Pick<CliProcess, 'stdin' | 'stderr'>,
  { fields }: VendorInfo,
  given: Values,
): Promise<Values> {
  const answers: Record<string, string> = {};
  for (const { name, label, secret, required } of fields) {
    if (Object.hasOwn(given, name)) continue;
    const answer = await ask(process, `${label}${required ? '' : ' (optional)'}: `, { isSecret: secret });
    if (answer !== '') answers[name] = answer;
  }
  return answers;
}
