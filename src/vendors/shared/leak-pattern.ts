import type { LeakRule } from '../leak-rule.ts';
import { INSIDE, namedAfter } from './leak-block.ts';
import { anyCase, CLOSING, GLUE, MEMBER, NOT_THE_VALUE, OPENING, VALUE } from './leak-glue.ts';

/** Pieces of patterns for leak rules. Every repetition is bounded, so that a pattern is linear in its slice. */

/** A UUID of any version, in either case. */
export const UUID = '[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}';

const caseless = (names: string): string => `(?:${anyCase(names)})`;

/** Words that may stand before a generic name. Up to four, for which V8 compiles a loop; it would unroll fewer. */
const PREFIX = anyCase(
  '(?:(?:sms|mail|email|push|chat|video|voice|my|our|app|prod|production|test|dev|staging|live|x|k|default|provider|' +
    'account|configuration|config|settings|cfg|conf|credentials|opts|options|this|self|main|primary|gateway|service|client|rest|http|user|master|server)[_. -]?){0,4}',
);
const ALONE = String.raw`(?<!\w|\w[.\-])${PREFIX}`;

/** Not followed by more of the same alphabet. */
const END = String.raw`(?![A-Za-z0-9(]|[-_.][A-Za-z0-9])`;

/** Not one of our own virtual secrets: they have a rule of their own. */
const NOT_OURS = '(?!rfv[0-9A-Za-z]{29}(?![0-9A-Za-z]))';
const START = `(?<![A-Za-z0-9])${NOT_OURS}`;
/** Start of a value that follows a name: not within a word, nor within base64, of which lock files are full. */
const START_AFTER_NAME = `(?<![A-Za-z0-9+/])${NOT_OURS}`;
/** Start of a value or id of a pair: not within a word. It may follow `%3A`, which is an encoded colon. */
const START_OF_PAIRED = `(?<![B-Zb-z0-9]|(?<!%3)[Aa])${NOT_OURS}`;

/**
 * A value with something before it. The value is matched first and what precedes it in a lookbehind: values are rarer than
 * names, so the pattern costs next to nothing where there is none.
 */
const standing = (value: string, before: string, start = START_AFTER_NAME): RegExp =>
  standingAt(value, `(?<=${before})`, start);

const standingAt = (value: string, place: string, start = START_AFTER_NAME): RegExp =>
  new RegExp(`${start}(?=${value})${place}(?<secret>${value})`, 'dg');

/** The name follows the value in the same list entry: `- value: X`, then `name: NAME`. */
const namedLater = (names: string): string =>
  String.raw`(?<=(?<![\w.\-])${VALUE}${OPENING})` +
  String.raw`(?=[^\s"'\\<>]{8,128}["'\\]{0,4}[\s,;+~]{1,32}(?:${MEMBER}){0,3}["'\\]{0,3}${anyCase('(?:parameter_?)?(?:name|key)')}["'\\]{0,3}` +
  String.raw`[ \t]{0,12}[:=][ \t]{0,4}["'\\]{0,3}[\w.\/\-]{0,48}?${names}${NOT_THE_VALUE}[\w.\-]{0,12}["'\\\s,}])`;

/** Characters that can stand at each place of a base64 group whose three bytes are themselves characters of hex or base64url. */
const ENCODED = {
  hex: ['[MNOYZ]', '[DGTWjmz2]', '[A-Za-z0-9+/]', '[h-mw-z0-5]'],
  text: ['[L-OQ-Za-e]', '[A-Za-z0-9+/]', '[A-Za-z0-9+/]', '[A-Zaf-z0-6]'],
} as const;

/** A form that is one class of characters with a length, by which the length of its base64 is known. */
const ONE_CLASS = /^\[(0-9a-f|0-9A-Fa-f)?[^\]]*\]\{(\d+)(?:,(\d+))?\}$/;
const BESIDES = /\(\?=[^()]*\)|\(\?:[^()]*\)\?/g;

/** Pattern of a form in base64, as Kubernetes keeps secrets. Null when the length cannot be told from the form. */
function encoded(form: string): string | null {
  const bare = form === UUID ? '[0-9a-f-]{36}' : form.replaceAll(BESIDES, '').replace('(?:|)', '');
  const [whole, digits, least, most = least] = ONE_CLASS.exec(bare) ?? [];
  if (whole === undefined) return null;
  const letters = ENCODED[digits === undefined || form === UUID ? 'text' : 'hex'];
  const [first, second, third] = letters;
  const three = `(?:${letters.join('')})`;
  // With or without the line feed that `echo` adds.
  const rests = ['(?:Cg==)?', `${first}[AQgw][o=]=`, `${first}${second}${third}[=K]`] as const;
  const [few, many] = [least, most].map((length) => Math.floor(Number(length) / 3)) as [number, number];
  const more = few < many ? [`${three}{1,${many - few}}(?:${rests[1]}|${rests[2]}|${rests[0]})`] : [];
  const endings = [...rests.slice(Number(least) % 3), ...more].join('|');
  return `${three}{${few}}(?:${endings})(?![A-Za-z0-9+/=])`;
}

/** The value in clear or in base64, which is only searched for after a name: without one, too much looks like it. */
function plainOrEncoded(form: string, end: string): string {
  const base64 = encoded(form);
  return base64 === null ? `(?:${form})${end}` : `(?:(?:${form})${end}|${base64})`;
}

/**
 * A value that is assigned to one of `names`, which may also end a longer name (`TWILIO_AUTH_TOKEN`, `kAuthToken`). The case of
 * names does not matter, that of the value does.
 */
export function assigned(names: string, form: string, end = END): RegExp {
  const name = caseless(names);
  return standingAt(plainOrEncoded(form, end), `(?:(?<=${name}${GLUE})|${namedLater(name)})`);
}

const QUALIFIER = String.raw`(?:(?:api|auth|access|account|app|application|client|customer|rest|sdk|service|private|bearer|project|secret|key)[_.\- ]?){0,4}`;

/** Generic names of secrets: `api_key`, `clientSecret`, `password`. */
const ANY_NAME = `${QUALIFIER}(?:key|token|secret|password|passwd|pass|pwd|credential|auth)s?`;

/** As `ANY_NAME`, but without `key`, for vendors whose public id has that name. */
export const SECRET_NAME = `${QUALIFIER}(?:token|secret|password|passwd|pass|pwd|credential)s?`;

/** Places for a secret that need no name: basic auth of curl, the authorization header, user and password of a URL. */
const CARRIER = String.raw`(?:(?:-u|--user)[ =]{1,2}["']?[\w.@+%\-{}$]{0,80}:|[Aa]uthorization["']?[ \t]{0,2}[:=,][ \t]{0,4}["'\x60]?(?:[A-Za-z][\w\-]{1,15} )?|//[\w.@+%\-]{0,80}:)`;

/** `process.env.SHOP`, `System.getenv("SHOP")`, `ENV['SHOP']` */
const ENVIRONMENT = String.raw`[\w.$]{0,32}${anyCase('env(?:iron(?:mentvariable)?)?')}(?:\.\w{1,40})?(?:[\[(]["']\w{1,48}["'][\])])?!?`;

/** A first argument before the secret: a literal such as `"shop",`, or a variable of the environment. */
const FIRST_ARGUMENT = String.raw`(?:\s{0,24}(?:["'\x60][^"'\x60\n]{1,80}["'\x60]|${ENVIRONMENT}),)`;

/**
 * A value that belongs to a vendor in one of these ways: its name contains the vendor's; its name is generic and stands in the
 * vendor's block, or shortly before the vendor is named; it is the first or second argument of a function of the vendor; it is
 * part of a request to the vendor.
 */
export function owned(options: {
  readonly vendor: string;
  /** Names that are accepted in addition to the generic ones. */
  readonly names?: string;
  /** Names that are accepted in place of the generic ones, for vendors whose public id looks like the secret. */
  readonly only?: string;
  readonly form: string;
  readonly end?: string;
}): RegExp {
  const { names, only, form, end = END } = options;
  const vendor = caseless(options.vendor);
  const all = only ?? [ANY_NAME, ...(names === undefined ? [] : [names])].join('|');
  const named = `${caseless(all)}${GLUE}`;
  const ways = [
    String.raw`${vendor}[\w.\-]{0,24}?${named}`,
    `(?:${vendor}${INSIDE}|${namedAfter(vendor)})(?:${ALONE}${named}|${CARRIER})`,
    // Where the public id looks the same, it is the first argument and the secret must be the second.
    String.raw`${vendor}[\w.\\]{0,32}["'\])]{0,3}\(${FIRST_ARGUMENT}${only === undefined ? '?' : ''}\s{0,24}["'\x60]`,
  ];
  const later = namedLater(String.raw`${vendor}[\w.\-]{0,24}?${caseless(all)}`);
  return standingAt(plainOrEncoded(form, end), `(?:(?<=${ways.join('|')})|${later})`);
}

/** Matches what any of the patterns matches. */
export const either = (...patterns: readonly RegExp[]): RegExp =>
  new RegExp(patterns.map(({ source }) => source).join('|'), 'dg');

/** A value with a generic name that stands near a public id: after it in the same block, or shortly before. The id becomes a companion. */
export function beside(options: {
  readonly id: string;
  readonly names: string;
  readonly form: string;
  readonly end?: string;
}): RegExp {
  const { names, form, end = END } = options;
  const id = String.raw`(?<![A-Za-z0-9])(?<id>${options.id})(?![A-Za-z0-9])`;
  const named = `${caseless(names)}${GLUE}`;
  const soon = `(?=[^]{1,240}?${id})`;
  return standing(plainOrEncoded(form, end), `(?:${id}${INSIDE}|${soon})${named}`);
}

/** A public id with its secret right after it: `id:secret`, `("id", "secret")`, `-u id secret`. */
export function paired(id: string, form: string, end = END): RegExp {
  const between = String.raw`${CLOSING}\s{0,8}(?:[:,;|]|%3A|\s)\s{0,24}${OPENING}`;
  return standing(`(?:${form})${end}`, `(?<![A-Za-z0-9])(?<id>${id})${between}`, START_OF_PAIRED);
}

/** A value that is known by its own form, wherever it stands. */
export function distinct(form: string, end = END): RegExp {
  return new RegExp(`${START}(?<secret>${form})${end}`, 'dg');
}

const some = (letters: string, others: string, length: number): string =>
  `(?=${others}{0,${length - 1}}${letters})`;

/** Lower-case hexadecimal with at least one letter and one digit. */
export const hex = (length: number): string =>
  `${some('[a-f]', '[0-9]', length)}${some('[0-9]', '[a-f]', length)}[0-9a-f]{${length}}`;

/** Hexadecimal of either case with at least one letter and one digit. */
export const anyHex = (length: number): string =>
  `${some('[A-Fa-f]', '[0-9]', length)}${some('[0-9]', '[A-Fa-f]', length)}[0-9A-Fa-f]{${length}}`;

/** Letters and digits, or letters of both cases: a number alone, or a word in one case, is not a secret. */
export const alphanumeric = (least: number, most = least): string =>
  `(?:${some('[0-9]', '[A-Za-z]', most)}${some('[A-Za-z]', '[0-9]', most)}|` +
  `${some('[a-z]', '[0-9A-Z]', most)}${some('[A-Z]', '[0-9a-z]', most)})[A-Za-z0-9]{${least},${most}}`;

/** Letters of both cases; below 20 characters, where words are that long, a digit too. */
export const mixed = (least: number, most = least): string =>
  `${least < 20 ? some('[0-9]', '[A-Za-z]', most) : ''}${some('[a-z]', '[0-9A-Z]', most)}${some('[A-Z]', '[0-9a-z]', most)}` +
  `[A-Za-z0-9]{${least},${most}}`;

/** Letters of both cases, digits, `-` and `_`. */
export const urlSafe = (least: number, most = least): string =>
  `${some('[a-z]', '[0-9A-Z_-]', most)}${some('[A-Z]', '[0-9a-z_-]', most)}` +
  `[A-Za-z0-9_-]{${least},${most}}`;

/** Settings of most rules: those for a secret that only the names around it prove. */
export const NAMED: Pick<LeakRule, 'role' | 'confidence' | 'span' | 'context'> = {
  role: 'secret',
  confidence: 'medium',
  span: 256,
  context: [],
};

/** Settings of rules for a secret that its own form proves. */
export const DISTINCT: Pick<LeakRule, 'role' | 'confidence' | 'span' | 'context'> = {
  role: 'secret',
  confidence: 'high',
  span: 128,
  context: [],
};

/** Joins an example that is written in pieces, so that no scanner takes this repository's examples for keys. */
export const joined = (...pieces: readonly string[]): string => pieces.join('');

/** Made-up JSON web token for an example, without a valid signature. */
export function exampleToken(header: object, claims: object): string {
  const parts = [header, claims].map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'));
  return [...parts, 'kX2vT9qLr0ZsB7nWc5HdJf3MgYp8AeUi1oKtVxQh6RE'].join('.');
}
