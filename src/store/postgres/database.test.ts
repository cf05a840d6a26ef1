import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { test } from 'node:test';
import { type Database, openDatabase } from './database.ts';

/** What a server sends, in one piece, that ends a session as soon as it is there. */
const LET_IN = message('R', '\0\0\0\0');
const READY = message('Z', 'I');
const ENDED = message('E', 'SFATAL\0C57P01\0Mterminating connection due to administrator command\0\0');

const WORKS: Readonly<Record<string, (database: Database) => Promise<unknown>>> = {
  statement: (database) => database.get('SELECT 1'),
  transaction: (database) => database.transaction((queries) => queries.get('SELECT 1')),
};
for (const [name, work] of Object.entries(WORKS))
  test(`a server that ends a session while it begins fails the ${name}, and does not end the process`, async (t) => {
    const server = createServer((socket) => {
      socket.on('error', () => {}).once('data', () => socket.end(Buffer.concat([LET_IN, READY, ENDED])));
    });
    await once(server.listen(0, '127.0.0.1'), 'listening');
    t.after(() => server.close());
    const { port } = server.address() as AddressInfo;
    const database = openDatabase({ url: `postgres://test@127.0.0.1:${port}/test` });
    t.after(() => database.close());
    await assert.rejects(work(database), { code: 'store_unavailable' });
  });

function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(4 + body.length);
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}
