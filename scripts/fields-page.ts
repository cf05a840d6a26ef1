import { z } from 'zod';

/** The part of JSON Schema that describes our documents. */
interface Field {
  readonly description?: string;
  readonly type?: string;
  readonly enum?: readonly string[];
  readonly const?: unknown;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, Field>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: Field | boolean;
  readonly items?: Field;
  readonly anyOf?: readonly Field[];
  readonly oneOf?: readonly Field[];
}

export const FIELDS_HEAD = ['Field', 'Value', 'Default', 'Meaning'] as const;

/** The document that `schema` describes, field by field: `rules[].to.countries`. */
export function fieldRows(schema: z.ZodType): readonly (readonly string[])[] {
  return rowsOf(z.toJSONSchema(schema, { io: 'input' }) as Field, '');
}

function rowsOf(field: Field, path: string): readonly (readonly string[])[] {
  const { properties = {}, required = [] } = field;
  return Object.entries(properties).flatMap(([name, child]) => {
    const place = path === '' ? name : `${path}.${name}`;
    return [rowOf(place, child, required.includes(name)), ...inner(child, place)];
  });
}

function inner(field: Field, path: string): readonly (readonly string[])[] {
  if (field.items !== undefined) return inner(field.items, `${path}[]`);
  const choices = [...(field.anyOf ?? []), ...(field.oneOf ?? [])];
  const rows = [field, ...choices].flatMap((one) => rowsOf(one, path));
  return [...new Map(rows.map((row) => [row.join('|'), row])).values()];
}

function rowOf(path: string, field: Field, isRequired: boolean): readonly string[] {
  if (field.description === undefined) throw new Error(`${path} has no description`);
  return [
    `\`${path}\``,
    valueOf(field),
    defaultOf(field, isRequired),
    field.description.replaceAll('|', '\\|'),
  ];
}

/** The default of a field as text. Empty for objects, whose fields have their own rows. */
function defaultOf(field: Field, isRequired: boolean): string {
  if (isRequired) return 'required';
  if (field.default === undefined || typeof field.default === 'object') return '';
  return `\`${JSON.stringify(field.default)}\``;
}

function valueOf(field: Field): string {
  if (field.const !== undefined) return `\`${JSON.stringify(field.const)}\``;
  if (field.enum !== undefined) return field.enum.map((one) => `\`${one}\``).join(', ');
  if (field.items !== undefined) return `list of ${valueOf(field.items)}`;
  const choices = [...(field.anyOf ?? []), ...(field.oneOf ?? [])];
  if (choices.length > 0) return [...new Set(choices.map(valueOf))].join(' or ');
  if (field.type === 'object' && typeof field.additionalProperties === 'object')
    return `map to ${valueOf(field.additionalProperties)}`;
  return field.type ?? 'any';
}
