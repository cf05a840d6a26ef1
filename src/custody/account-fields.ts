import { RingfenceError } from '../kernel/errors.ts';
import { Secret } from '../kernel/secret.ts';
import type { AccountField, OpenAccount } from '../vendors/custody-adapter.ts';

const MAX_VALUE = 16 * 1024;

/**
 * Sorts values by the adapter's fields into public and secret ones. Throws `input_invalid` that names the field and
 * what is expected, never the value. With `known`, values that are not given stay as they are.
 */
export function readAccountFields(
  fields: readonly AccountField[],
  values: Readonly<Record<string, string>>,
  known: OpenAccount = { fields: {}, secrets: {} },
): OpenAccount {
  const stranger = Object.keys(values).find((name) => !fields.some((field) => field.name === name));
  if (stranger !== undefined) {
    const names = fields.map(({ name }) => name).join(', ');
    throw invalid(`there is no field ${JSON.stringify(stranger.slice(0, 40))}, only ${names}`);
  }
  const open = { fields: { ...known.fields }, secrets: { ...known.secrets } };
  for (const field of fields) {
    const value = Object.hasOwn(values, field.name) ? values[field.name] : undefined;
    if (value !== undefined && value !== '') setValue(open, field, value);
    else if (field.required && !(field.name in (field.secret ? open.secrets : open.fields)))
      throw invalid(`${field.name} is missing. ${field.problem}`);
  }
  return open;
}

function setValue(
  open: { readonly fields: Record<string, string>; readonly secrets: Record<string, Secret> },
  field: AccountField,
  value: string,
): void {
  if (value.length > MAX_VALUE || !field.pattern.test(value))
    throw invalid(`${field.name}: ${field.problem}`);
  if (field.secret) open.secrets[field.name] = new Secret(value);
  else open.fields[field.name] = value;
}

/** Checks an origin to dial instead of the vendor: scheme, host and port, nothing else. */
export function readUpstream(upstream: string | null): string | null {
  if (upstream === null) return null;
  const url = URL.parse(upstream);
  const isOrigin = url !== null && /^https?:$/.test(url.protocol) && url.href === `${url.origin}/`;
  if (!isOrigin) throw invalid('`upstream` is not an origin such as http://127.0.0.1:9000');
  return url.origin;
}

function invalid(why: string): RingfenceError {
  return new RingfenceError('input_invalid', `The vendor account is not valid: ${why}`);
}
