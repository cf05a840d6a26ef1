import type { ServerResponse } from 'node:http';
import type { Reply } from './core.ts';
import type { Repeated } from './recordings.ts';
import type { Timeline } from './timeline.ts';

/** Pause between the small pieces of a dripping answer. */
export interface Pace {
  readonly milliseconds: number;
  readonly timeline: Timeline;
  readonly now: () => number;
}

const PIECES = 10;

/** Writes an answer; with `pace` in about ten pieces. */
export function sendReply(response: ServerResponse, reply: Reply, pace: Pace | null = null): void {
  const { status, headers, body } = reply;
  if (typeof body !== 'string' && !Buffer.isBuffer(body)) return sendRepeated(response, reply, body);
  response.writeHead(status, { ...headers, 'content-length': Buffer.byteLength(body) });
  if (pace === null) response.end(body);
  else drip(response, Buffer.from(body), pace);
}

function drip(response: ServerResponse, body: Buffer, { milliseconds, timeline, now }: Pace): void {
  const size = Math.max(1, Math.ceil(body.length / PIECES));
  const next = (from: number): void => {
    if (response.destroyed) return;
    if (from >= body.length) return void response.end();
    response.write(body.subarray(from, from + size));
    timeline.at(now() + milliseconds, () => next(from + size));
  };
  next(0);
}

/** Generated media: waits for the receiver, so that any length costs one pattern of memory. */
function sendRepeated(response: ServerResponse, { status, headers }: Reply, body: Repeated): void {
  response.writeHead(status, { ...headers, 'content-length': body.length });
  let left = body.length - body.head.length;
  response.write(body.head);
  const pump = (): void => {
    while (left > 0) {
      const piece = left >= body.pattern.length ? body.pattern : body.pattern.subarray(0, left);
      left -= piece.length;
      if (!response.write(piece) && left > 0) return void response.once('drain', pump);
    }
    response.end();
  };
  pump();
}
