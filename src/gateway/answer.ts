import { Readable } from 'node:stream';
import type { Refusal } from '../intent/decision.ts';
import type { BackwardTranslation } from '../vendors/translation.ts';
import { QUICK_BYTES } from './answer-room.ts';
import type { AppAnswer, AppRequest } from './app-request.ts';
import type { PermittedRequest } from './decide.ts';
import type { Answered } from './forward.ts';
import type { PipelineParts } from './parts.ts';
import type { Scrubber } from './scrub.ts';
import { scrubStream } from './scrub-stream.ts';

/** Lists end with the link to their next page, so a page is held whole, up to this size, even where it would be streamed. */
const MAX_HELD_BYTES = 2 * 1024 * 1024;

type Room = PipelineParts['answers'];

/**
 * The vendor's answer for the app: without real secrets, and with its links pointing back at the gateway. Null: it cannot be
 * translated into the encoding of the request.
 */
export async function answerVendor(
  room: Room,
  permitted: PermittedRequest,
  outcome: Answered,
  decision: string,
): Promise<AppAnswer | null> {
  const { request, account, backward } = permitted;
  const scrubber = outcome.token === null ? account.scrubber : account.scrubber.and(outcome.token);
  const headers = pointBack(request, scrubber.headers(outcome.headers));
  const back = outcome.status === 200 ? backward : null;
  const finish = ({ status, body, rest }: Answered): AppAnswer | null => {
    if (back !== null && rest !== null) {
      rest.destroy();
      return null;
    }
    if (rest !== null) return { status, headers, decision, body: '', rest: scrubbed(body, rest, scrubber) };
    const text = relink(request, headers, scrubber.text(body.toString('latin1')));
    const answer = { status, headers, decision, body: text, rest: null };
    return back === null ? answer : translated(answer, back);
  };
  return back === null && !hasLinks(request, headers) ? finish(outcome) : finishWhole(room, outcome, finish);
}

/** Finishes an answer when it is there whole, if it can be. One that cannot remains a stream. */
async function finishWhole(
  room: Room,
  outcome: Answered,
  finish: (whole: Answered) => AppAnswer | null,
): Promise<AppAnswer | null> {
  if (outcome.rest === null) {
    if (outcome.body.length > QUICK_BYTES) await room.ownTurn();
    return finish(outcome);
  }
  const end = performance.now() + room.patience;
  if (!(await room.gathering.acquire())) return finish(outcome);
  try {
    const whole = await holdWhole(outcome, end);
    if (whole.rest === null) await room.ownTurn();
    return finish(whole);
  } finally {
    room.gathering.release();
  }
}

function translated(answer: AppAnswer, backward: BackwardTranslation): AppAnswer | null {
  const body = backward.answer(Buffer.from(answer.body, 'latin1'));
  if (body === null) return null;
  const headers = { ...answer.headers, 'content-type': backward.type };
  return { ...answer, headers, body: body.toString('latin1') };
}

function scrubbed(first: Buffer, rest: Readable, scrubber: Scrubber): Readable {
  const readable = Readable.from(scrubStream(first, rest, scrubber), { objectMode: false });
  return readable.once('close', () => rest.destroy());
}

function hasLinks({ vendor, toGateway }: AppRequest, headers: AppAnswer['headers']): boolean {
  return (
    toGateway !== null &&
    vendor.rewriteLinks !== undefined &&
    headers['content-type']?.includes('json') === true
  );
}

/** Holds a large answer whole after all. One that is too large or too slow for that, or breaks off, remains a stream. */
async function holdWhole(outcome: Answered, end: number): Promise<Answered> {
  const { body, rest } = outcome;
  if (rest === null) return outcome;
  const parts = [body];
  let size = body.length;
  try {
    for await (const part of rest.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
      parts.push(part);
      size += part.length;
      if (size > MAX_HELD_BYTES || performance.now() > end)
        return { ...outcome, body: Buffer.concat(parts, size) };
    }
  } catch {
    return { ...outcome, body: Buffer.concat(parts, size) }; // Whoever reads on meets the error.
  }
  return { ...outcome, body: Buffer.concat(parts, size), rest: null };
}

function relink(request: AppRequest, headers: AppAnswer['headers'], text: string): string {
  const { vendor, toGateway } = request;
  if (toGateway === null || !hasLinks(request, headers) || !text.includes('://')) return text;
  const body = Buffer.from(text, 'latin1').toString();
  return Buffer.from(vendor.rewriteLinks?.(body, toGateway) ?? body).toString('latin1');
}

const ORIGIN = /^https:\/\/([A-Za-z0-9.-]+)(?::443)?(?=[/?#]|$)/;

/** A redirection to a host of the vendor comes back to the gateway; to any other, it is the app's to follow. */
function pointBack(
  { vendor, host, toGateway }: AppRequest,
  headers: AppAnswer['headers'],
): AppAnswer['headers'] {
  const { location } = headers;
  const match = location === undefined || toGateway === null ? null : ORIGIN.exec(location);
  if (location === undefined || toGateway === null || match === null) return headers;
  const [origin, name = ''] = match;
  const target = name.toLowerCase();
  if (target !== host && !vendor.facts.hosts.includes(target)) return headers;
  return { ...headers, location: toGateway(target) + location.slice(origin.length) };
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
