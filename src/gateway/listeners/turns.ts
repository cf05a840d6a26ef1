import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** More than any client awaits at once; each answer under way may hold megabytes that nobody reads. */
const UNDER_WAY = 8;

interface Waiting {
  readonly response: ServerResponse;
  readonly begin: () => void;
}

interface Line {
  readonly underWay: Set<ServerResponse>;
  waiting: Waiting[];
}

/**
 * Begins the requests of a connection in their order, few at a time: the next one once the answer of an earlier one has left.
 * Until then nothing is read from the connection.
 */
export interface Turns {
  /** For each new connection. */
  watch(socket: Socket): void;
  take(socket: Socket, waiting: Waiting): void;
}

export function createTurns(most = UNDER_WAY): Turns {
  const lines = new WeakMap<Socket, Line>();
  const lineOf = (socket: Socket): Line => {
    let line = lines.get(socket);
    if (line === undefined) lines.set(socket, (line = { underWay: new Set(), waiting: [] }));
    return line;
  };
  const begin = (socket: Socket, line: Line, { response, begin: go }: Waiting): void => {
    line.underWay.add(response);
    response.once('close', () => {
      line.underWay.delete(response);
      // The connection ends with that answer: what came behind must not happen, as nobody would be told of it.
      if (!response.shouldKeepAlive) line.waiting = [];
      const next = line.waiting.shift();
      if (next !== undefined && !socket.destroyed) begin(socket, line, next);
      if (line.waiting.length === 0 && socket.isPaused()) socket.resume();
    });
    go();
  };
  return Object.freeze({
    watch(socket: Socket) {
      // What node:http reads of an earlier request resumes the connection.
      socket.on('resume', () => {
        if ((lines.get(socket)?.waiting.length ?? 0) > 0) socket.pause();
      });
    },
    take(socket: Socket, waiting: Waiting) {
      const line = lineOf(socket);
      for (const { shouldKeepAlive } of line.underWay) if (!shouldKeepAlive) return;
      if (line.underWay.size < most && line.waiting.length === 0) return begin(socket, line, waiting);
      line.waiting.push(waiting);
      socket.pause();
    },
  });
}
