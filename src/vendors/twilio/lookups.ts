import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { formValues } from '../shared/form.ts';
import { asObject, listOf, optionalText, requireText } from '../shared/fields.ts';
import { type IntentDetails, Unreadable } from '../shared/reading.ts';
import { phoneOf } from '../shared/recipients.ts';
import type { WireRequest } from '../wire.ts';
import type { Parameters } from './parameters.ts';

const PACKAGE = /^[a-z][a-z0-9_]{0,47}$/;
const MAX_PACKAGES = 20;
const MAX_NUMBERS = 100;

/** `GET /v2/PhoneNumbers/{PhoneNumber}?Fields=a,b`, and v1 with `Type` and `AddOns`. Each package has its own price. */
export function readLookup(
  parameters: Parameters,
  plan: NumberingPlan,
  { segments }: WireRequest,
): IntentDetails {
  const fields = formValues(parameters.form, 'Fields').flatMap((value) => value.split(','));
  const types = formValues(parameters.form, 'Type').map((type) => type.replaceAll('-', '_'));
  // Each has a price of its own, and their names are the marketplace's: one `add_on` for each.
  const addOns = formValues(parameters.form, 'AddOns').flatMap((value) =>
    value.split(',').map(() => 'add_on'),
  );
  if (addOns.length > MAX_PACKAGES) throw new Unreadable(`There are more than ${MAX_PACKAGES} add-ons.`);
  return {
    action: 'lookup',
    destinations: [phoneOf(segments[2] ?? '', 'PhoneNumber', plan)],
    extras: [...packagesOf([...fields, ...types]), ...addOns],
    parameters: parameters.map,
  };
}

/** `POST /v2/batch/query`: many numbers, each priced with all packages that any of them asks for. */
export function readBulkLookup({ json, map }: Parameters, plan: NumberingPlan): IntentDetails {
  const entries = listOf(json ?? {}, 'phone_numbers').map((entry) => asObject(entry, 'phone_numbers'));
  if (entries.length === 0 || entries.length > MAX_NUMBERS)
    throw new Unreadable(`\`phone_numbers\` must list 1 to ${MAX_NUMBERS} numbers.`);
  const fields = entries.flatMap((entry) => listOf(entry, 'fields').map((field) => asText(field)));
  return {
    action: 'lookup',
    destinations: entries.map((entry) => phoneOf(requireText(entry, 'phone_number'), 'phone_number', plan)),
    extras: packagesOf([...fields, ...entries.flatMap((entry) => optionalText(entry, 'field') ?? [])]),
    parameters: map,
  };
}

function asText(value: unknown): string {
  if (typeof value !== 'string') throw new Unreadable('`fields` must be a list of names.');
  return value;
}

function packagesOf(names: readonly string[]): readonly string[] {
  const packages = new Set(names.map((name) => name.trim()).filter((name) => name !== ''));
  for (const name of packages)
    if (!PACKAGE.test(name)) throw new Unreadable('`Fields` must be a list of package names.');
  if (packages.size > MAX_PACKAGES) throw new Unreadable(`There are more than ${MAX_PACKAGES} packages.`);
  return [...packages];
}
