/**
 * The one table of errors. A row is rendered three ways: in the vendor's own format to an SDK,
 * as problem+json by the admin API, as text or JSON by the CLI. `docs/reference/errors.md` is made from it.
 */
export type Category =
  | 'caller'
  | 'unauthenticated'
  | 'denied'
  | 'limited'
  | 'upstream'
  | 'unavailable'
  | 'internal';

export interface ErrorRow {
  readonly category: Category;
  /** HTTP status of the admin API and default status of refusals to SDKs. */
  readonly status: number;
  readonly title: string;
  /** What to do about it. */
  readonly hint: string;
}

const row = (category: Category, status: number, title: string, hint: string): ErrorRow => ({
  category,
  status,
  title,
  hint,
});

export const ERRORS = {
  // The request itself
  request_malformed: row(
    'caller',
    400,
    'The HTTP request can be read in more than one way',
    'Send one Host, one Authorization, and a plain path without empty segments, dot segments or encoded slashes.',
  ),
  request_too_large: row(
    'caller',
    413,
    'The request is larger than the gateway accepts',
    'Send less at a time. In the configuration, limits.bodyBytes sets the maximum of requests to vendors, limits.uploadBytes that of uploads.',
  ),
  request_timeout: row(
    'caller',
    408,
    'The request did not arrive in time',
    'Send headers within 5 s and the body within 30 s.',
  ),
  host_unknown: row(
    'denied',
    403,
    'The host belongs to no registered vendor',
    'Check the vendor host in the URL; `ringfence status` lists the registered ones.',
  ),
  operation_unknown: row(
    'denied',
    403,
    'The vendor operation is not classified',
    'Unclassified operations are refused. See docs/reference/operations for what is known.',
  ),
  intent_unreadable: row(
    'caller',
    400,
    'The request cannot be understood well enough to bound its cost',
    'Correct the parameter that the message names.',
  ),
  // Who asks
  key_missing: row(
    'unauthenticated',
    401,
    'The request carries no virtual key',
    'Configure the SDK with the credential that `ringfence keys create` printed.',
  ),
  key_invalid: row(
    'unauthenticated',
    401,
    'The virtual key is not known',
    'Check that it was copied whole, or create a new key with `ringfence keys create`.',
  ),
  key_expired: row(
    'unauthenticated',
    401,
    'The virtual key has expired',
    'Create a new key, or rotate with `ringfence keys rotate`.',
  ),
  key_revoked: row(
    'unauthenticated',
    401,
    'The virtual key was revoked',
    'Create a new key with `ringfence keys create`.',
  ),
  key_network: row(
    'denied',
    403,
    'The virtual key may not be used from this network',
    'Call from an allowed network, or have the networks of the key changed: `ringfence keys networks`.',
  ),
  key_wrong_vendor: row(
    'denied',
    403,
    'The virtual key belongs to another vendor or account',
    'Use the key that was made for this vendor account.',
  ),
  claims_insufficient: row(
    'denied',
    403,
    'The signed token does not grant this operation',
    'Sign the token with the grant that the message names.',
  ),
  // May it happen
  killed: row(
    'denied',
    403,
    'A kill switch is on',
    'See `ringfence kill list`; lift it with `ringfence kill lift`.',
  ),
  policy_denied: row(
    'denied',
    403,
    'The policy does not allow this',
    'The message names the rule and the condition that decided.',
  ),
  parameter_disarming: row(
    'denied',
    403,
    "The parameter switches off the vendor's own protection",
    'Remove the parameter.',
  ),
  parameter_forbidden: row(
    'denied',
    403,
    'The policy forbids this parameter',
    'Remove the parameter, or change the rule that the message names.',
  ),
  rate_limited: row('limited', 429, 'Too many requests', 'Slow down; the message names the limit.'),
  recipient_flooded: row(
    'limited',
    429,
    'Too many messages to one recipient',
    'Wait, or change the recipient limit in the policy.',
  ),
  concurrency_limited: row(
    'limited',
    429,
    'Too many requests at the same time',
    'Wait until some of the running ones have ended.',
  ),
  // What does it cost
  price_unknown: row(
    'denied',
    403,
    'No price is known for this, so its cost has no bound',
    'Import a price or a ceiling for it: `ringfence prices import`.',
  ),
  budget_exceeded: row(
    'denied',
    403,
    'The budget cannot cover the worst-case cost of this request',
    'Wait for the next period, or raise the limit with `ringfence budgets set`.',
  ),
  budget_currency: row(
    'denied',
    403,
    'The budget is in another currency than the price',
    'Give the budget a rate for that currency: `ringfence budgets set` with --rate.',
  ),
  budget_unavailable: row(
    'unavailable',
    503,
    'Budget money could not be obtained in time',
    'Try again; if it keeps happening, see `ringfence status`.',
  ),
  // The gateway
  journal_unavailable: row(
    'unavailable',
    503,
    'The journal cannot be written to disk, so nothing may be spent',
    'See `ringfence status`: make room on a full disk, and it goes on by itself; replace one that has failed, then restart.',
  ),
  overloaded: row('unavailable', 503, 'The gateway is overloaded', 'Try again later.'),
  not_ready: row('unavailable', 503, 'The gateway is starting or stopping', 'Try again in a moment.'),
  upstream_unreachable: row(
    'upstream',
    502,
    'The vendor could not be reached; nothing was sent',
    'Try again later; if it keeps happening, check DNS, firewall and proxies between the gateway and the vendor.',
  ),
  upstream_unknown: row(
    'upstream',
    502,
    'The vendor did not answer, so the outcome is unknown',
    'A read may be sent again. Of all else check with the vendor first whether it happened; its cost stays reserved.',
  ),
  answer_unreadable: row(
    'upstream',
    502,
    "The vendor's answer cannot be translated for the app",
    'The vendor has answered: do not send again what may have been done. Read with less in one answer, or with an SDK that sends JSON.',
  ),
  // Administration
  not_authenticated: row(
    'unauthenticated',
    401,
    'The admin token is missing or wrong',
    'Set RINGFENCE_TOKEN, or name the data directory that holds it: RINGFENCE_CONFIG, RINGFENCE_DATA or --data. If it is lost, or a backup was put back: stop, `ringfence init --new-token`, start.',
  ),
  not_found: row(
    'caller',
    404,
    'It does not exist',
    'List what exists: `list` of the same noun, or `journal tail` for records.',
  ),
  method_unknown: row(
    'caller',
    405,
    'The path has no such method',
    'Use a method that the answer names in Allow; docs/reference/openapi.json lists all routes.',
  ),
  conflict: row(
    'caller',
    409,
    'It already exists, or has changed in the meantime',
    'Change what the message names, or read it again and retry.',
  ),
  input_invalid: row('caller', 400, 'The input is not valid', 'Correct what the message names.'),
  config_invalid: row(
    'caller',
    400,
    'The configuration is not valid',
    'Correct what the message names; `ringfence doctor` checks it.',
  ),
  key_ring_missing: row(
    'unavailable',
    503,
    'The key ring is missing or does not open the store',
    'Set RINGFENCE_KEY_RING or keyRing.file to the ring that sealed this data.',
  ),
  vendor_refused: row(
    'upstream',
    502,
    'The vendor refused the credential',
    'Check the credential at the vendor and seal the account again.',
  ),
  store_newer: row(
    'unavailable',
    503,
    'The store was written by a newer version',
    'Run that version or a newer one.',
  ),
  store_unavailable: row(
    'unavailable',
    503,
    'The store cannot be read or written',
    'Do what the message says. A gateway that has lost its store denies spending until it is back.',
  ),
  clock_unlikely: row(
    'unavailable',
    503,
    'The clock of the machine is implausible',
    'Correct the clock. If it is right and the gateway was off for that long, run `ringfence init --trust-clock` and start again.',
  ),
  clock_lost: row(
    'unavailable',
    503,
    'The store does not say when Ringfence last ran',
    'Restore a backup of the store. Or, if the clock of the machine is right, run `ringfence init --trust-clock` and start again.',
  ),
  kills_unreadable: row(
    'unavailable',
    503,
    'Kill switches that are not stored yet cannot be read',
    'Make the file readable for the user that runs Ringfence. If it is damaged, move it away, start, and set the switches again: `ringfence kill on`.',
  ),
  verify_failed: row(
    'internal',
    500,
    'Verification found a fault',
    'The message names what does not fit. For a journal, docs/journal.md says what to do.',
  ),
  // The command line
  usage: row('caller', 400, 'The command was not used correctly', 'See `--help` of the command.'),
  cancelled: row('caller', 400, 'Cancelled', 'Nothing was changed.'),
  admin_unreachable: row(
    'unavailable',
    503,
    'The admin API cannot be reached',
    'Start it with `ringfence serve` or `ringfence dev`, or name its URL with --url or RINGFENCE_URL, or its configuration with RINGFENCE_CONFIG.',
  ),
  internal: row(
    'internal',
    500,
    'Ringfence failed',
    'This is a bug; please report it with the output of `ringfence doctor --json`.',
  ),
} as const satisfies Record<string, ErrorRow>;

export type ErrorCode = keyof typeof ERRORS;

/** A fault. Denials are values (`intent/decision.ts`); this is thrown when an operation cannot be carried out. */
export class RingfenceError extends Error {
  override readonly name = 'RingfenceError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message?: string, options?: { readonly cause?: unknown }) {
    super(message ?? ERRORS[code].title, options);
    this.code = code;
  }

  get hint(): string {
    return ERRORS[this.code].hint;
  }

  get status(): number {
    return ERRORS[this.code].status;
  }
}

/** The operating system's reason without call and path, for a message that names the file itself: `ENOENT: no such file or directory`. */
export function systemReason(cause: unknown): string {
  return (cause as Error).message.replace(/, \w+( '.*)?$/s, '');
}
