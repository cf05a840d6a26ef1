import type { ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline as pipe } from 'node:stream/promises';

const UNREAD_MILLISECONDS = 30_000;

/**
 * Sends the body of an answer that is still coming. An app that takes nothing of it for `patience` ms (twice as long,
 * if it stops within them) is given up: it holds a connection to the vendor that others wait for. How long the vendor
 * may be silent is not decided here.
 */
export async function sendStream(
  body: Readable,
  response: ServerResponse,
  patience = UNREAD_MILLISECONDS,
): Promise<void> {
  response.setTimeout(patience, () => {
    if (response.writableNeedDrain) response.destroy();
  });
  body.once('end', () => response.setTimeout(0));
  await pipe(body, response);
}

/** Sends a body that is there, as Latin-1 text. An app that takes nothing of a large one is given up as well: it fills memory. */
export function sendWhole(body: string, response: ServerResponse, patience = UNREAD_MILLISECONDS): void {
  if (body.length > response.writableHighWaterMark) {
    response.setTimeout(patience, () => {
      if (!response.writableFinished) response.destroy();
    });
    // Before node:http gives the connection to the next answer, which may be long in coming.
    response.prependOnceListener('finish', () => response.setTimeout(0));
  }
  response.end(body, 'latin1');
}
