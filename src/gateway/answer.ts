import { Readable } from 'node:stream';
import type { Refusal } from '../intent/decision.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import type { LiveAccount } from './ports.ts';
import type { Scrubber } from './scrub.ts';
import { scrubStream } from './scrub-stream.ts';
import type { UpstreamResult } from './upstream.ts';

const DECISION_HEADER = 'ringfence-decision';

/** The vendor's answer for the app: without real secrets, and with its links pointing back at the gateway. */
export function answerVendor(
  request: AppRequest,
  account: LiveAccount,
  outcome: Extract<UpstreamResult, { kind: 'answered' }>,
): AppAnswer {
  const { status, body, rest } = outcome;
  const { scrubber } = account;
  const headers = scrubber.headers(outcome.headers);
  if (rest !== null) return { status, headers, body: Buffer.alloc(0), rest: scrubbed(body, rest, scrubber) };
  return { status, headers, body: relink(request, headers, scrubber.bytes(body)), rest: null };
}

function scrubbed(first: Buffer, rest: Readable, scrubber: Scrubber): Readable {
  const readable = Readable.from(scrubStream(first, rest, scrubber), { objectMode: false });
  return readable.once('close', () => rest.destroy());
}

function relink(
  { vendor, toGateway }: AppRequest,
  headers: Readonly<Record<string, string>>,
  body: Buffer,
): Buffer {
  if (toGateway === null || vendor.rewriteLinks === undefined) return body;
  if (headers['content-type']?.includes('json') !== true || !body.includes('://')) return body;
  return Buffer.from(vendor.rewriteLinks(body.toString(), toGateway));
}

/** Says no in the vendor's own format. `id` is the decision's id in the journal; null when it could not be journaled. */
export function answerRefusal(request: AppRequest, refusal: Refusal, id: string | null): AppAnswer {
  const named = id === null ? refusal : { ...refusal, message: `${refusal.message} [${id}]` };
  const { method, host, target } = request;
  const response = request.vendor.refuse(named, { method, host, path: target.path });
  const decision = `denied; code=${refusal.code}; rule=${refusal.rule}${id === null ? '' : `; id=${id}`}`;
  return withDecision({ ...response, rest: null }, decision);
}

/** The answer with the header that names the decision. */
export function withDecision(answer: AppAnswer, decision: string): AppAnswer {
  return { ...answer, headers: { ...answer.headers, [DECISION_HEADER]: headerSafe(decision) } };
}

function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
