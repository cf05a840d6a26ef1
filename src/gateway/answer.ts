import { Readable } from 'node:stream';
import type { Refusal } from '../intent/decision.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import type { LiveAccount } from './ports.ts';
import type { Scrubber } from './scrub.ts';
import { scrubStream } from './scrub-stream.ts';
import type { UpstreamResult } from './upstream.ts';

/** The vendor's answer for the app: without real secrets, and with its links pointing back at the gateway. */
export function answerVendor(
  request: AppRequest,
  { scrubber }: LiveAccount,
  outcome: Extract<UpstreamResult, { kind: 'answered' }>,
  decision: string,
): AppAnswer {
  const { status, body, rest } = outcome;
  const headers = scrubber.headers(outcome.headers);
  if (rest !== null) return { status, headers, decision, body: '', rest: scrubbed(body, rest, scrubber) };
  const text = relink(request, headers, scrubber.text(body.toString('latin1')));
  return { status, headers, decision, body: text, rest: null };
}

function scrubbed(first: Buffer, rest: Readable, scrubber: Scrubber): Readable {
  const readable = Readable.from(scrubStream(first, rest, scrubber), { objectMode: false });
  return readable.once('close', () => rest.destroy());
}

function relink(
  { vendor, toGateway }: AppRequest,
  headers: Readonly<Record<string, string>>,
  text: string,
): string {
  if (toGateway === null || vendor.rewriteLinks === undefined) return text;
  if (headers['content-type']?.includes('json') !== true || !text.includes('://')) return text;
  const body = Buffer.from(text, 'latin1').toString();
  return Buffer.from(vendor.rewriteLinks(body, toGateway)).toString('latin1');
}

/** Says no in the vendor's own format. `id` is the decision's id in the journal; null when it could not be journaled. */
export function answerRefusal(request: AppRequest, refusal: Refusal, id: string | null): AppAnswer {
  const named = id === null ? refusal : { ...refusal, message: `${refusal.message} [${id}]` };
  const { method, host, target } = request;
  const { status, headers, body } = request.vendor.refuse(named, { method, host, path: target.path });
  const decision = `denied; code=${refusal.code}; rule=${refusal.rule}${id === null ? '' : `; id=${id}`}`;
  return { status, headers, decision: headerSafe(decision), body: body.toString('latin1'), rest: null };
}

function headerSafe(text: string): string {
  return text.replace(/[^\x20-\x7e]/g, '?');
}
