import { next, refuse, type Step } from '../intent/decision.ts';
import type { Intent } from '../intent/intent.ts';
import type { NumberingPlan } from '../kernel/numbering/facts.ts';
import type { WireRequest } from '../vendors/wire.ts';
import type { AppRequest } from './app-request.ts';
import { requestHeaders } from './headers.ts';
import type { LiveAccount } from './parts.ts';

const MAX_DESTINATIONS = 1000;
/** A script, or a parameter with a list of URLs, could name a hundred thousand callbacks. */
const MAX_CALLBACKS = 2000;
const MAX_EXTRAS = 1000;

/** The app's request in the vendor's terms, without anything of ours. */
export function toWire(request: AppRequest): WireRequest {
  return {
    method: request.method,
    host: request.host,
    path: request.target.path,
    segments: request.target.segments,
    query: request.target.query,
    headers: requestHeaders(request.headers),
    body: request.body,
  };
}

export interface Interpretation {
  readonly request: AppRequest;
  readonly wire: WireRequest;
  readonly account: LiveAccount;
  readonly claims: Readonly<Record<string, unknown>> | null;
}

/** Reads the intent of an authenticated request. Whatever is not understood is refused. */
export function interpret(
  { request, wire, account, claims }: Interpretation,
  plan: NumberingPlan,
): Step<Intent> {
  const { vendor, operation } = request;
  if (operation === null)
    return refuse(
      'operation_unknown',
      `vendor:${vendor.id}`,
      `${wire.method} ${wire.host}${template(wire)} is not classified.`,
    );
  const foreign = vendor.custody.checkAccount?.(wire, account.open.fields) ?? null;
  if (foreign !== null) return refuse('key_wrong_vendor', `account:${account.id}`, foreign);
  const missing = claims === null ? null : (vendor.custody.checkClaims?.(operation, claims) ?? null);
  if (missing !== null) return refuse('claims_insufficient', `operation:${operation.id}`, missing);
  const reading = vendor.readIntent(operation, wire, plan);
  if (reading.kind === 'malformed')
    return refuse('intent_unreadable', `operation:${operation.id}`, reading.problem);
  const { intent } = reading;
  const problem = findMask(intent, wire) ?? findExcess(intent) ?? findSilentSpending(intent, wire);
  if (problem !== null) return refuse('intent_unreadable', `operation:${operation.id}`, problem);
  const disarmed = findDisarming(vendor.facts.disarming, intent);
  return disarmed === null ? next(intent) : refuse('parameter_disarming', `vendor:${vendor.id}`, disarmed);
}

/** Rules, prices and limits look at each entry of these lists, so their length is bounded. */
function findExcess({ destinations, callbacks, extras }: Intent): string | null {
  if (destinations.length > MAX_DESTINATIONS)
    return `More than ${MAX_DESTINATIONS} recipients in one request.`;
  if (callbacks.length > MAX_CALLBACKS) return `More than ${MAX_CALLBACKS} addresses in one request.`;
  return extras.length > MAX_EXTRAS ? `More than ${MAX_EXTRAS} parts of one request that cost.` : null;
}

/**
 * What the gateway puts in place of a secret in answers. This pattern and those below also match the text as a form encodes
 * it (`%5B`), and inside JSON that is itself the value of a string (`\"`).
 */
const MASK = String.raw`(?:\[|%5B)sealed(?:\]|%5D)`;
const QUOTE = String.raw`(?:\\|%5C)*(?:"|%22)`;
const BLANKS = String.raw`(?:[\s+]|%20|%0[9AD]|(?:\\|%5C)+[nrt])*`;
/** The mask as the whole value of a field, in JSON or in a form. */
const MASKED = new RegExp(`(?::|%3A)${BLANKS}${QUOTE}${MASK}${QUOTE}|=${MASK}(?:&|$)`, 'i');

/** An app that reads a resource and writes it back would replace the secret by its mask, at the vendor. */
function findMask({ action }: Intent, { body }: WireRequest): string | null {
  if (action === 'message.send' || !body.includes('sealed') || !MASKED.test(body.toString('latin1')))
    return null;
  return 'A field holds `[sealed]`, which stands for a secret in answers: leave it out, or give the secret.';
}

/** Many servers do the same for HEAD as for GET, but leave out the body, which says what was done and what it cost. */
function findSilentSpending({ effects }: Intent, { method }: WireRequest): string | null {
  return method === 'HEAD' && effects.includes('spend')
    ? 'HEAD would not tell what it did and cost: use GET.'
    : null;
}

function findDisarming(disarming: readonly string[], { parameters }: Intent): string | null {
  for (const entry of disarming) {
    const [name = '', value] = entry.split('=');
    const given = parameters.get(name);
    if (given === undefined) continue;
    if (value === undefined || given.trim().toLowerCase() === value.toLowerCase())
      return `${entry} switches off a protection of the vendor.`;
  }
  return null;
}

/** The path with everything that looks like an id or number left out, so that no number reaches a log. */
function template({ segments }: WireRequest): string {
  return `/${segments.map((segment) => (/\d{5}/.test(segment) ? '…' : segment.slice(0, 40))).join('/')}`;
}
