import type { IncomingMessage } from 'node:http';
import { createGathering } from '../kernel/gathering.ts';

export type BodyReading = Buffer | 'too-large' | 'aborted';
const EMPTY = Buffer.alloc(0);

/** Reads the whole body up to `limit` bytes. The rest of a larger one is not read: the caller closes the connection. */
export function readBody(request: IncomingMessage, limit: number): BodyReading | Promise<BodyReading> {
  if (request.destroyed) return 'aborted';
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return EMPTY;
  if (length === '0') return EMPTY;
  if (length !== undefined && Number(length) > limit) return 'too-large';
  return request.complete ? takeArrived(request, limit) : collect(request, limit);
}

/** A body that has arrived is taken at once: that saves the events of a stream. */
function takeArrived(request: IncomingMessage, limit: number): BodyReading {
  const body = (request.read() as Buffer | null) ?? EMPTY;
  return body.length > limit ? 'too-large' : body;
}

function collect(request: IncomingMessage, limit: number): Promise<BodyReading> {
  return new Promise((resolve) => {
    const body = createGathering();
    request.on('data', (chunk: Buffer) => {
      body.add(chunk);
      if (body.size <= limit) return;
      request.pause();
      resolve('too-large');
    });
    request.on('end', () => resolve(body.whole()));
    request.on('close', () => resolve('aborted'));
  });
}
