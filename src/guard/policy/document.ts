import { LineCounter, parseDocument } from 'yaml';
import { z } from 'zod';
import { ACTIONS, CHANNELS, EFFECTS } from '../../intent/intent.ts';
import { RingfenceError } from '../../kernel/errors.ts';
import { LINE_TYPES } from '../../kernel/numbering/facts.ts';
import { parseMicros } from '../../kernel/money.ts';
import { LIMIT_SUBJECTS } from '../limits/limit-rule.ts';
import { explainIssues } from './explain.ts';

/** The parser needs seconds for larger nonsense. */
const MAX_SOURCE = 128 * 1024;
const MAX_RULES = 5000;

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, dots and dashes');
const names = z.array(z.string().min(1).max(200)).min(1).max(1000);
const country = z.string().regex(/^[A-Z]{2}$/, 'must be two capital letters (ISO 3166)');
const prefix = z.string().regex(/^\+\d{1,15}$/, 'must be + and digits');
const money = z
  .string()
  .refine((text) => readMoney(text) !== null, 'must be a decimal and a currency, such as "0.10 USD"');
const duration = z.string().regex(/^\d{1,6}(s|m|h)$/, 'must be a number and s, m or h, such as "10m"');
const hours = z
  .string()
  .regex(/^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-4]):[0-5]\d$/, 'must look like "08:00-20:00"');
const rate = z.string().regex(/^[1-9]\d{0,8}\/[1-9]\d{0,5}(s|m|h)$/, 'must look like "10/1m"');
const timezone = z.string().refine(isTimezone, 'must be a time zone name such as Europe/Berlin');

const who = z.strictObject({ apps: names.optional(), keys: names.optional(), networks: names.optional() });
const what = z.strictObject({
  vendors: names.optional(),
  accounts: names.optional(),
  actions: z.array(z.enum(ACTIONS)).min(1).optional(),
  operations: names.optional(),
  effects: z.array(z.enum(EFFECTS)).min(1).optional(),
  channels: z.array(z.enum(CHANNELS)).min(1).optional(),
});
const to = z.strictObject({
  countries: z.array(country).min(1).optional(),
  prefixes: z.array(prefix).min(1).optional(),
  numbers: z.array(prefix).min(1).optional(),
  lineTypes: z.array(z.enum(LINE_TYPES)).min(1).optional(),
  kinds: z
    .array(z.enum(['phone', 'sip', 'client', 'email', 'user', 'group', 'application']))
    .min(1)
    .optional(),
  notCountries: z.array(country).min(1).optional(),
  notPrefixes: z.array(prefix).min(1).optional(),
  premium: z.boolean().optional(),
  satellite: z.boolean().optional(),
  invalid: z.boolean().optional(),
});
const bounds = z.strictObject({
  maxPrice: money.optional(),
  maxSegments: z.int().min(1).max(100).optional(),
  maxMedia: z.int().min(0).max(100).optional(),
  maxRecipients: z.int().min(1).max(1000).optional(),
  maxCallDuration: duration.optional(),
});
const rule = z
  .strictObject({
    id,
    effect: z.enum(['allow', 'deny']),
    mode: z.enum(['observe', 'enforce']).optional(),
    who: who.optional(),
    what: what.optional(),
    to: to.optional(),
    from: z.strictObject({ senders: names }).optional(),
    when: z
      .strictObject({
        hours: hours.optional(),
        days: z
          .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
          .min(1)
          .optional(),
        timezone: timezone.optional(),
      })
      .optional(),
    limits: bounds.optional(),
    parameters: z.strictObject({ forbid: names }).optional(),
    callbacks: z.strictObject({ hosts: names }).optional(),
  })
  .refine(
    ({ effect, limits, parameters, callbacks }) =>
      effect === 'allow' || (limits === undefined && parameters === undefined && callbacks === undefined),
    'limits, parameters and callbacks are conditions of allow rules',
  )
  .refine(({ effect, mode }) => effect === 'deny' || mode !== 'observe', 'only deny rules can be observed');
const limit = z
  .strictObject({
    id,
    per: z.enum(LIMIT_SUBJECTS),
    who: who.optional(),
    what: what.optional(),
    to: to.optional(),
    rate: rate.optional(),
    burst: z.int().min(1).max(1_000_000).optional(),
    concurrency: z.int().min(1).max(1_000_000).optional(),
  })
  .refine(
    ({ rate: one, concurrency }) => one !== undefined || concurrency !== undefined,
    'needs a rate or a concurrency',
  );

/** What happens by itself when a reported leak is a credential of ours: nothing, virtual keys end, or accounts are rotated too. */
const leaks = z.strictObject({ respond: z.enum(['ask', 'keys', 'all']) });

const document = z.strictObject({
  version: z.literal(1),
  mode: z.enum(['enforce', 'observe']),
  leaks: leaks.optional(),
  parameters: z.strictObject({ forbid: names }).optional(),
  rules: z.array(rule).max(MAX_RULES),
  limits: z.array(limit).max(1000).optional(),
});

export type PolicyDocument = z.infer<typeof document>;
export type PolicyRule = PolicyDocument['rules'][number];
export type PolicyLimit = NonNullable<PolicyDocument['limits']>[number];

/** Reads a policy in YAML. Throws `input_invalid` that names the line, the field and, for a misspelt one, the nearest. */
export function parsePolicy(source: string): PolicyDocument {
  if (source.length > MAX_SOURCE) throw invalid('it is larger than 128 KiB');
  const lines = new LineCounter();
  const yaml = parseDocument(source, { lineCounter: lines, maxAliasCount: 0, uniqueKeys: true } as Parameters<
    typeof parseDocument
  >[1]);
  const [broken] = yaml.errors;
  if (broken !== undefined)
    throw invalid(`line ${broken.linePos?.[0].line ?? '?'}: ${broken.message.split('\n')[0] ?? ''}`);
  const result = document.safeParse(toValue(yaml));
  if (!result.success) throw invalid(explainIssues(result.error.issues, { yaml, lines, schema: document }));
  const seen = new Set<string>();
  for (const one of [...result.data.rules, ...(result.data.limits ?? [])]) {
    if (seen.has(one.id)) throw invalid(`two rules or limits are called ${one.id}`);
    seen.add(one.id);
  }
  return result.data;
}

function toValue(yaml: ReturnType<typeof parseDocument>): unknown {
  try {
    return yaml.toJS({ maxAliasCount: 0 });
  } catch {
    throw invalid('YAML aliases are not allowed');
  }
}

/** `0.10 USD` as micros and currency; null when it is not that. */
export function readMoney(text: string): { readonly amount: number; readonly currency: string } | null {
  const match = /^(\d{1,9}(?:\.\d{1,6})?) ([A-Z]{3})$/.exec(text);
  const amount = match?.[1] === undefined ? null : parseMicros(match[1]);
  return amount === null || match?.[2] === undefined ? null : { amount, currency: match[2] };
}

/** `90s`, `10m` or `2h` in seconds. */
export function readSeconds(text: string): number {
  const unit = { s: 1, m: 60, h: 3600 }[text.at(-1) ?? ''] ?? 1;
  return Number(text.slice(0, -1)) * unit;
}

function isTimezone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}

function invalid(problem: string): RingfenceError {
  return new RingfenceError('input_invalid', `The policy is not valid: ${problem}.`);
}
