import type { IncomingMessage } from 'node:http';
import { createGathering } from '../kernel/gathering.ts';

export type BodyReading = Buffer | 'too-large' | 'no-room' | 'aborted';

/** Memory for all bodies that are still arriving. It is bounded because their senders are not authenticated yet. */
export interface BodyRoom {
  readonly most: number;
  taken: number;
  /** Gives up each of them, oldest first: whoever sends slowly to fill the room makes way for the others. */
  readonly coming: Set<() => void>;
}

/** For `most` bytes in one process. */
export function createBodyRoom(most = 256 << 20): BodyRoom {
  return { most, taken: 0, coming: new Set() };
}

const EMPTY = Buffer.alloc(0);

/**
 * Reads the whole body up to `limit` bytes. The rest of a larger one, or of one that makes room for others, is not read:
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
    const giveUp = (): void => stop('no-room');
    const end = (reading: BodyReading): void => {
      if (!room.coming.delete(giveUp)) return;
      room.taken -= body.size;
      resolve(reading);
    };
    const stop = (why: 'too-large' | 'no-room'): void => {
      request.pause();
      end(why);
    };
    room.coming.add(giveUp);
    request.on('data', (chunk: Buffer) => {
      if (!room.coming.has(giveUp)) return;
      body.add(chunk);
      room.taken += chunk.length;
      if (body.size > limit) stop('too-large');
      makeRoom(room);
    });
    request.on('end', () => end(body.whole()));
    request.on('close', () => end('aborted'));
  });
}

function makeRoom(room: BodyRoom): void {
  for (const giveUp of room.coming) {
    if (room.taken <= room.most) return;
    giveUp();
  }
}
