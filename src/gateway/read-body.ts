import type { IncomingMessage } from 'node:http';

export type BodyReading = Buffer | 'too-large' | 'aborted';
const EMPTY = Buffer.alloc(0);

/** Reads the whole body up to `limit` bytes. The rest of a larger one is not read: the caller closes the connection. */
export function readBody(request: IncomingMessage, limit: number): BodyReading | Promise<BodyReading> {
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return EMPTY;
  if (length === '0') return EMPTY;
  if (length !== undefined && Number(length) > limit) return 'too-large';
  return collect(request, limit);
}

function collect(request: IncomingMessage, limit: number): Promise<BodyReading> {
  return new Promise((resolve) => {
    let first: Buffer | null = null;
    let rest: Buffer[] | null = null;
    let size = 0;
    request.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > limit) {
        request.pause();
        resolve('too-large');
      } else if (first === null) first = chunk;
      else (rest ??= []).push(chunk);
    });
    request.on('end', () => {
      if (first === null) resolve(EMPTY);
      else resolve(rest === null ? first : Buffer.concat([first, ...rest]));
    });
    request.on('close', () => resolve('aborted'));
  });
}
