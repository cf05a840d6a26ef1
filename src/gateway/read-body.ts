import type { IncomingMessage } from 'node:http';
import { createGathering } from '../kernel/gathering.ts';

export type BodyReading = Buffer | 'too-large' | 'no-room' | 'aborted';

/** For the bytes of all bodies that are still coming: who sends them may have no key yet. */
export interface BodyRoom {
  readonly most: number;
  taken: number;
}

const EMPTY = Buffer.alloc(0);

/**
 * Reads the whole body up to `limit` bytes. The rest of a larger one, or of one for which there is no room, is not read:
 * the caller closes the connection.
 */
export function readBody(
  request: IncomingMessage,
  limit: number,
  room: BodyRoom,
): BodyReading | Promise<BodyReading> {
  if (request.destroyed) return 'aborted';
  const length = request.headers['content-length'];
  if (length === undefined && request.headers['transfer-encoding'] === undefined) return EMPTY;
  if (length === '0') return EMPTY;
  if (length !== undefined && Number(length) > limit) return 'too-large';
  return request.complete ? takeArrived(request, limit) : collect(request, limit, room);
}

/** A body that has arrived is taken at once: that saves the events of a stream. */
function takeArrived(request: IncomingMessage, limit: number): BodyReading {
  const body = (request.read() as Buffer | null) ?? EMPTY;
  return body.length > limit ? 'too-large' : body;
}

function collect(request: IncomingMessage, limit: number, room: BodyRoom): Promise<BodyReading> {
  return new Promise((resolve) => {
    const body = createGathering();
    let isOver = false;
    const end = (reading: BodyReading): void => {
      if (isOver) return;
      isOver = true;
      room.taken -= body.size;
      resolve(reading);
    };
    request.on('data', (chunk: Buffer) => {
      if (isOver) return;
      body.add(chunk);
      room.taken += chunk.length;
      if (body.size <= limit && room.taken <= room.most) return;
      request.pause();
      end(body.size > limit ? 'too-large' : 'no-room');
    });
    request.on('end', () => end(body.whole()));
    request.on('close', () => end('aborted'));
  });
}
