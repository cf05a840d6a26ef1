import { z } from 'zod';
import { ACTIONS, CHANNELS, EFFECTS } from '../../intent/intent.ts';
import { isNetwork } from '../../kernel/networks.ts';
import { LINE_TYPES } from '../../kernel/numbering/facts.ts';
import { LIMIT_SUBJECTS } from '../limits/limit-rule.ts';
import { isTimezone, readMoney } from './values.ts';

const MAX_RULES = 5000;

/** Text whose form is told as well where it is no text: YAML takes `0.10` and `+49` for numbers. */
const text = (form: string) => z.string({ error: ({ input }) => (input === undefined ? undefined : form) });
const textLike = (pattern: RegExp, form: string) => text(form).regex(pattern, form);
const textThat = (fits: (text: string) => boolean, form: string) => text(form).refine(fits, form);

const id = z
  .string()
  .regex(/^[a-z0-9][a-z0-9._-]{0,63}$/, 'must be lower-case letters, digits, dots and dashes')
  .describe('Name in decisions, reports and refusals; no two rules or limits share one.');
const names = z.array(z.string().min(1).max(200)).min(1).max(1000);
const FORBID =
  "Parameters by the vendor's names, or as an SDK spells them, and all that they hold; nested ones such as to.number.";
const country = z.string().regex(/^[A-Z]{2}$/, {
  error: ({ input = '' }) =>
    `must be two capital letters (ISO 3166)${/^[a-z]{2}$/i.test(input) ? `; did you mean "${input.toUpperCase()}"?` : ''}`,
});
const prefix = textLike(
  /^\+[1-9]\d{0,14}$/,
  'must be + and digits that begin with a calling code, in quotes: "+49"',
);
const network = textThat(isNetwork, 'is not an address or CIDR block, such as 10.0.0.0/8');
const money = textThat(
  (amount) => readMoney(amount) !== null,
  'must be a decimal and a currency, such as "0.10 USD"',
);
/** Not 0: vendors take that for no limit. */
const duration = textLike(/^(?=\d*[1-9])\d{1,6}(s|m|h)$/, 'must be a number and s, m or h, such as "10m"');
const hours = textLike(
  /^([01]\d|2[0-3]):[0-5]\d-(([01]\d|2[0-3]):[0-5]\d|24:00)$/,
  'must look like "08:00-20:00"',
).refine(
  (range) => range.slice(0, 5) !== range.slice(6),
  'must look like "08:00-20:00": no time lies between',
);
const rate = textLike(
  /^[1-9]\d{0,8}\/[1-9]\d{0,5}(s|m|h)$/,
  'must look like "10/1m": how many in how many s, m or h',
);
const timezone = textThat(isTimezone, 'must be a time zone name such as Europe/Berlin');

const who = z
  .strictObject({
    apps: names.optional().describe('Apps by name.'),
    keys: names.optional().describe('Virtual keys by name, and those that replace them.'),
    networks: z
      .array(network)
      .min(1)
      .max(1000)
      .optional()
      .describe('Addresses or networks (CIDR) that the request comes from.'),
  })
  .describe('Whose requests; default: all.');
const what = z
  .strictObject({
    vendors: names.optional().describe('Vendors by id.'),
    accounts: names.optional().describe('Sealed accounts by name.'),
    actions: z
      .array(z.enum(ACTIONS))
      .min(1)
      .optional()
      .describe('What is done, whatever the vendor calls it.'),
    operations: names.optional().describe("Operations by the vendor's own id (docs/reference/operations)."),
    effects: z
      .array(z.enum(EFFECTS))
      .min(1)
      .optional()
      .describe(
        'What an operation can do. An allow rule covers one that it names by action or operation, or whose effects beyond read and write it names all; a deny rule covers one that has any of them.',
      ),
    channels: z
      .array(z.enum(CHANNELS))
      .min(1)
      .optional()
      .describe(
        'How it is delivered. An allow rule covers what it names all channels of, fallbacks included (mms: also the SMS that a vendor makes of it); a deny rule or a limit, what may go in any of them.',
      ),
  })
  .describe('Which requests; default: all.');
const to = z
  .strictObject({
    countries: z.array(country).min(1).optional().describe('Countries that the numbers belong to.'),
    prefixes: z.array(prefix).min(1).optional().describe('First digits of the numbers.'),
    numbers: z.array(prefix).min(1).optional().describe('Whole numbers. `premium` need not be set for them.'),
    lineTypes: z.array(z.enum(LINE_TYPES)).min(1).optional().describe('Line types by the numbering plan.'),
    kinds: z
      .array(z.enum(['phone', 'sip', 'client', 'email', 'user', 'group', 'application']))
      .min(1)
      .optional()
      .describe('Kinds of address.'),
    notCountries: z
      .array(country)
      .min(1)
      .optional()
      .describe(
        'All countries except these. Numbers of no known country do not match an allow rule, and do match a deny rule or a limit.',
      ),
    notPrefixes: z
      .array(prefix)
      .min(1)
      .optional()
      .describe('All numbers except those that begin with these digits.'),
    premium: z.boolean().optional().describe('Premium numbers; refused unless a rule says true.'),
    satellite: z.boolean().optional().describe('Satellite networks; refused unless a rule says true.'),
    invalid: z
      .boolean()
      .optional()
      .describe('Numbers that no numbering plan knows; refused unless a rule says true.'),
  })
  .describe('Destinations. Each one of a request needs a rule that allows it.');
const bounds = z
  .strictObject({
    maxPrice: money.optional().describe('Most that the request may cost.'),
    maxSegments: z.int().min(1).max(100).optional().describe('Most SMS segments.'),
    maxMedia: z.int().min(0).max(100).optional().describe('Most media files.'),
    maxRecipients: z.int().min(1).max(1000).optional().describe('Most destinations of one request.'),
    maxCallDuration: duration.optional().describe('Calls are ended after this; default: an hour.'),
  })
  .describe('Conditions of an allow rule.');
const when = z
  .strictObject({
    hours: hours
      .optional()
      .describe(
        'Time of day, of the request and of a message that it schedules, which must state its zone; "22:00-06:00" goes over midnight and belongs to the day on which it begins.',
      ),
    days: z
      .array(z.enum(['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun']))
      .min(1)
      .optional()
      .describe('Days of the week.'),
    timezone: timezone.optional().describe('Time zone of hours and days; default: UTC.'),
  })
  .describe('When the rule applies; default: always.');
const rule = z
  .strictObject({
    id,
    effect: z.enum(['allow', 'deny']).describe('A deny rule wins over every allow rule.'),
    mode: z
      .enum(['observe', 'enforce'])
      .optional()
      .describe('observe: a deny rule that refuses nothing, and journals what it would have refused.'),
    who: who.optional(),
    what: what.optional(),
    to: to.optional(),
    from: z
      .strictObject({
        senders: names.describe(
          'Numbers, in any form, or names as the request states them; of fallbacks and of dialled legs as well.',
        ),
      })
      .optional()
      .describe('Senders; default: any. A request without a sender, such as a verification, matches none.'),
    when: when.optional(),
    limits: bounds.optional(),
    parameters: z
      .strictObject({ forbid: names.describe(FORBID) })
      .optional()
      .describe('Parameters that the request must not have.'),
    callbacks: z
      .strictObject({ hosts: names.describe('Host names, whole.') })
      .optional()
      .describe('Hosts that a request may tell the vendor to call or to fetch from.'),
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
    per: z
      .enum(LIMIT_SUBJECTS)
      .describe(
        'What is counted by itself: prefix is + and six digits. A rate counts every destination for recipient, prefix and country, else requests.',
      ),
    who: who.optional(),
    what: what.optional(),
    to: to.optional(),
    rate: rate
      .optional()
      .describe(
        'So many per time, refilled evenly (token bucket): after a pause up to twice as many pass within one such time.',
      ),
    burst: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('So many at once; default: the number of the rate.'),
    concurrency: z
      .int()
      .min(1)
      .max(1_000_000)
      .optional()
      .describe('So many requests at the same time, over all processes of the node.'),
  })
  .refine(
    ({ rate: one, concurrency }) => one !== undefined || concurrency !== undefined,
    'needs a rate or a concurrency',
  );

/** What a policy may hold. Every field is described: `docs/reference/policy.md` is written from here. */
export const policySchema = z.strictObject({
  version: z.literal(1).describe('Version of this format.'),
  mode: z
    .enum(['enforce', 'observe'])
    .describe(
      'observe: rules refuse nothing; the journal records what they would have refused. Limits and budgets apply.',
    ),
  leaks: z
    .strictObject({
      respond: z
        .enum(['ask', 'keys', 'all'])
        .describe('ask: do nothing; keys: revoke virtual keys; all: also rotate accounts.'),
    })
    .optional()
    .describe('What happens when a reported leak belongs to the gateway.'),
  parameters: z
    .strictObject({ forbid: names.describe(FORBID) })
    .optional()
    .describe('Parameters that no request may have.'),
  rules: z.array(rule).max(MAX_RULES).describe('What is not allowed by one is refused.'),
  limits: z
    .array(limit)
    .max(1000)
    .optional()
    .describe(
      'Rates and concurrency, on top of the rules. `recipient-flood` (10/10m) and `recipient-flood-day` (40/24h) are there unless a limit has that id.',
    ),
});

export type PolicyDocument = z.infer<typeof policySchema>;
export type PolicyRule = PolicyDocument['rules'][number];
export type PolicyLimit = NonNullable<PolicyDocument['limits']>[number];
