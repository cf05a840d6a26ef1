import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };
import { z } from 'zod';
import { createOpenApi } from './openapi.ts';
import { configSchema } from '../src/config/config.ts';
import { policySchema } from '../src/guard/policy/schema.ts';
import { ERRORS } from '../src/kernel/errors.ts';
import { VENDORS } from '../src/vendors/index.ts';
import type { Vendor } from '../src/vendors/vendor.ts';
import { anchorWords } from './anchor-words.ts';
import { cliSections } from './cli-page.ts';
import { actionOf } from './dry-reading.ts';
import { FIELDS_HEAD, fieldRows } from './fields-page.ts';
import { leakRuleSections } from './leak-rules-page.ts';

const FOLDER = 'docs/reference';
const ORIGIN = 'Written by `npm run reference` from the code; edits are lost.';

type Cell = string | number;

function table(head: readonly string[], rows: readonly (readonly Cell[])[]): string {
  const line = (cells: readonly Cell[]): string => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)].join('\n');
}

const page = (title: string, ...parts: readonly string[]): string =>
  `${[`# ${title}`, ORIGIN, ...parts].join('\n\n')}\n`;

function errorsPage(): string {
  const rows = Object.entries(ERRORS).map(([code, error]) => [
    `<a id="${code}"></a>\`${code}\``,
    error.category,
    error.status,
    `${error.title}. ${error.hint}`,
  ]);
  return page('Error codes', table(['Code', 'Category', 'Status', 'Meaning and what to do'], rows));
}

function operationsPage(vendor: Vendor): string {
  const { facts, operations } = vendor;
  const rows = operations.rows.map((row) => [
    `\`${row.method}\``,
    `\`${row.host}${row.path}\``,
    row.id,
    row.body,
    actionOf(vendor, row) ?? 'not read',
    row.effects.join(', '),
  ]);
  return page(
    `Operations of ${facts.name}`,
    `${rows.length} operations are classified. Whatever is not in this table is refused. API: ${facts.docs}`,
    table(['Method', 'Host and path', 'Operation', 'Body', 'Action', 'Effects'], rows),
  );
}

function vendorsPage(): string {
  const yes = (ability: unknown): string => (ability === null || ability === undefined ? 'no' : 'yes');
  const rows = VENDORS.map((vendor) => [
    `[${vendor.facts.name}](operations/${vendor.id}.md)`,
    vendor.operations.rows.length,
    vendor.custody.kinds.join(', '),
    yes(vendor.lookup),
    yes(vendor.limit),
    yes(Object.keys(vendor.management?.rotations ?? {})[0]),
  ]);
  const head = ['Vendor', 'Operations', 'Virtual keys', 'Look-up', 'Call limit', 'Rotation'];
  const about =
    'Fields of an account, in the order in which `ringfence accounts seal` asks. Secrets are typed, or come in the JSON object of `--stdin` or `--file`; the others may come by `--set` too.';
  return page('Vendors', table(head, rows), '## Accounts', about, table(FIELD_HEAD, accountFields()));
}

const FIELD_HEAD = ['Vendor', 'Field', 'What', 'Secret', 'Required', 'Form'];

function accountFields(): readonly (readonly string[])[] {
  const yes = (is: boolean) => (is ? 'yes' : '');
  return VENDORS.flatMap(({ facts, custody }) =>
    custody.fields.map(({ name, label, secret, required, problem }) => [
      facts.name,
      `\`${name}\``,
      label,
      yes(secret),
      yes(required),
      problem,
    ]),
  );
}

function leakRulesPage(): string {
  const { summary, head, vendors } = leakRuleSections();
  const sections = vendors.flatMap(({ name, rows }) => [`## ${name}`, table(head, rows)]);
  return page('What the scanner finds', summary, ...sections);
}

function configurationPage(): string {
  const about =
    'The file that `ringfence init` writes, or `RINGFENCE_CONFIG` names. Unknown fields are errors.';
  return page('Configuration', about, table(FIELDS_HEAD, fieldRows(configSchema)));
}

function policyPage(): string {
  const about =
    'All fields of a policy; [what it means, with examples](../policy.md). Editors that know JSON schema can check it with [policy.schema.json](policy.schema.json).';
  return page('Policy', about, table(FIELDS_HEAD, fieldRows(policySchema)));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

/** All generated documents by path. */
async function documents(): Promise<ReadonlyMap<string, string>> {
  return new Map([
    [`${FOLDER}/errors.md`, errorsPage()],
    [`${FOLDER}/vendors.md`, vendorsPage()],
    [`${FOLDER}/cli.md`, page('Command line', ...cliSections(packageJson.version))],
    [`${FOLDER}/leak-rules.md`, leakRulesPage()],
    ['src/scan/anchor-words.json', await anchorWords()],
    ...VENDORS.map((vendor): [string, string] => [
      `${FOLDER}/operations/${vendor.id}.md`,
      operationsPage(vendor),
    ]),
    [`${FOLDER}/openapi.json`, json(createOpenApi(packageJson.version))],
    [`${FOLDER}/configuration.md`, configurationPage()],
    [`${FOLDER}/policy.md`, policyPage()],
    [`${FOLDER}/policy.schema.json`, json(z.toJSONSchema(policySchema, { io: 'input' }))],
  ]);
}

function read(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return null;
  }
}

/** Compares the documents with what the code would write, and names those that differ. False when one does. */
async function check(): Promise<boolean> {
  const stale = [...(await documents())].filter(([path, text]) => read(path) !== text).map(([path]) => path);
  for (const path of stale) console.log(`${path} is not up to date; run \`npm run reference\``);
  return stale.length === 0;
}

async function write(): Promise<void> {
  // Removes pages of vendors that do not exist any more. Pages elsewhere in the folder are not all written by this script.
  rmSync(`${FOLDER}/operations`, { recursive: true, force: true });
  for (const [path, text] of await documents()) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}

if (process.argv.includes('--check')) process.exitCode = (await check()) ? 0 : 1;
else await write();
