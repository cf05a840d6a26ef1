import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { createSemaphore, type Semaphore } from './semaphore.ts';

/** What takes a millisecond or two; many larger ones, one after another, would keep the process from its other work. */
export const QUICK_BYTES = 32 * 1024;

/** Memory for large answers, in one process: those that are gathered whole, and those that the app has not read yet. */
export interface AnswerRoom {
  /** Slots of those that are gathered whole. The others wait, and the vendor with them; when too many do, no request leaves. */
  readonly gathering: Semaphore;
  /** Monotonic time, in ms, that one may take. */
  readonly patience: number;
  /** Resolves in a turn of the event loop in which no other large body is worked on: the process must answer in between. */
  readonly ownTurn: () => Promise<void>;
  /** Until it has been read: the connections that hold most are ended when there is no room. */
  keep(response: ServerResponse, bytes: number): void;
}

export interface AnswerRoomLimits {
  /** Bytes that nobody has read yet. */
  readonly unread: number;
  /** How many are gathered at a time, and how many may wait for that. */
  readonly slots: number;
  readonly waiting: number;
  readonly patience: number;
}

const DEFAULT_LIMITS: AnswerRoomLimits = { unread: 128 << 20, slots: 32, waiting: 512, patience: 60_000 };

export function createAnswerRoom(limits: Partial<AnswerRoomLimits> = {}): AnswerRoom {
  const { unread, slots, waiting, patience } = { ...DEFAULT_LIMITS, ...limits };
  return Object.freeze({
    gathering: createSemaphore({ slots, waiting, patience }),
    patience,
    ownTurn: createOwnTurns(),
    keep: createUnread(unread),
  });
}

function createOwnTurns(): () => Promise<void> {
  let last = Promise.resolve();
  return () => (last = last.then(() => new Promise((resolve) => void setImmediate(resolve))));
}

function createUnread(most: number): AnswerRoom['keep'] {
  let taken = 0;
  const holders = new Map<Socket, number>();
  const change = (socket: Socket, bytes: number): void => {
    const held = holders.get(socket);
    if (held === undefined) return;
    holders.set(socket, held + bytes);
    taken += bytes;
  };
  const forget = (socket: Socket): void => {
    change(socket, -(holders.get(socket) ?? 0));
    holders.delete(socket);
  };
  return (response, bytes) => {
    const { socket } = response.req;
    if (socket.destroyed) return;
    if (!holders.has(socket)) {
      holders.set(socket, 0);
      socket.once('close', () => forget(socket));
    }
    change(socket, bytes);
    response.once('close', () => change(socket, -bytes));
    while (taken > most) {
      const heaviest = heaviestOf(holders);
      forget(heaviest);
      heaviest.destroy();
    }
  };
}

/** The first of those that hold most, and so the oldest. */
function heaviestOf(holders: ReadonlyMap<Socket, number>): Socket {
  const [first, ...others] = holders;
  if (first === undefined) throw new Error('nobody holds anything');
  return others.reduce((most, one) => (one[1] > most[1] ? one : most), first)[0];
}
