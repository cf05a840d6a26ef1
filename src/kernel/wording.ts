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

/** What is wrong with an input where its schema does not say it itself. No value that was sent is repeated. */
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

/** What is wrong with a file in YAML, where null is a field that was left empty, and quotes and brackets are forgotten. */
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

/** One of several forms, which may be chosen by the name in one of its fields. */
function sayForms({ input, discriminator, options }: Issue): string {
  return Array.isArray(options)
    ? sayChoice((input as Readonly<Record<string, unknown>>)[String(discriminator)], options.map(String))
    : 'has none of the forms that it can have';
}

/** The word that was probably meant is one of ours: nothing that was sent is repeated. */
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

/** `1 epoch`, `2 epochs`. */
export function counted(number: number | bigint, what: string): string {
  return `${number} ${what}${Number(number) === 1 ? '' : 's'}`;
}
