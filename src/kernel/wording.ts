import type { z } from 'zod';
import { nearest } from './nearest.ts';

type Issue = z.core.$ZodRawIssue;

const KINDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  record: 'an object',
  object: 'an object',
};

/** Says what is wrong with an input, for issues whose schema has no message of its own. Never repeats the value, which may be a secret. */
export function sayIssue(issue: Issue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${KINDS[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return sayChoice(issue.input, issue.values.map(String));
    case 'too_small':
      return `must ${measure(issue.origin, 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${measure(issue.origin, 'at most', issue.maximum)}`;
    case 'unrecognized_keys':
      return `there is no ${issue.keys.map((key) => JSON.stringify(key.slice(0, 60))).join(', ')}`;
    case 'invalid_format':
      return issue.format === 'datetime' ? 'must be a time such as 2026-11-27T10:00:00Z' : undefined;
    case 'invalid_key':
      return issue.issues[0]?.message;
    case 'invalid_union':
      return sayForms(issue);
    default:
      return undefined;
  }
}

/** As `sayIssue`, for YAML: there null mostly is a field that was left empty, and people forget quotes and brackets. */
export function sayYamlIssue(issue: Issue): string | undefined {
  const { code, input } = issue;
  if (input === null) return 'is empty; give it a value or leave it out';
  if (code === 'invalid_type' && issue.expected === 'object' && input !== undefined)
    return 'must have fields, as `name: value`';
  if (code !== 'invalid_type' || typeof input === 'object' || input === undefined) return sayIssue(issue);
  const text = (typeof input === 'string' ? input : JSON.stringify(input)).slice(0, 60);
  if (issue.expected === 'array') return `must be a list: [${text}]`;
  return issue.expected === 'string' ? `must be text, in quotes: "${text}"` : sayIssue(issue);
}

/** For a union that no member of fits. The members of a discriminated union are named by the values of its discriminator. */
function sayForms({ input, discriminator, options }: Issue): string {
  return Array.isArray(options)
    ? sayChoice((input as Readonly<Record<string, unknown>>)[String(discriminator)], options.map(String))
    : 'has none of the forms that it can have';
}

/** Lists the values that are allowed. The one it suggests is one of these, so that the value that was sent is not repeated. */
function sayChoice(input: unknown, values: readonly string[]): string {
  if (input === undefined) return `is missing; it must be ${oneOf(values)}`;
  const meant = typeof input === 'string' ? nearest(input, values) : null;
  return `must be ${oneOf(values)}${meant === null ? '' : `; did you mean "${meant}"?`}`;
}

function oneOf(values: readonly string[]): string {
  return values.length === 1 ? String(values[0]) : `one of ${values.join(', ')}`;
}

function measure(origin: string, side: 'at least' | 'at most', bound: number | bigint): string {
  if (origin === 'string') return `have ${side} ${counted(bound, 'character')}`;
  if (origin === 'array') return `have ${side} ${counted(bound, 'item')}`;
  return `be ${side} ${bound}`;
}

/** A number with its noun, which gets an `s` in the plural: `1 epoch`, `2 epochs`. */
export function counted(number: number | bigint, what: string): string {
  return `${number} ${what}${Number(number) === 1 ? '' : 's'}`;
}
