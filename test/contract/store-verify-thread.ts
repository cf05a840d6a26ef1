import { parentPort, workerData } from 'node:worker_threads';
import * as postgres from '../../src/store/postgres/database.ts';
import { verify as verifyPostgres } from '../../src/store/postgres/verify.ts';
import * as sqlite from '../../src/store/sqlite/database.ts';
import { verify as verifySqlite } from '../../src/store/sqlite/verify.ts';
import type { Place } from './store-engines.ts';

// Verifies a store within the memory that the thread is given.
async function verify(place: Place) {
  if ('path' in place) return verifySqlite(sqlite.openDatabase({ ...place, readOnly: true }));
  const database = postgres.openDatabase(place);
  const found = await verifyPostgres(database);
  await database.close();
  return found;
}

parentPort?.postMessage(await verify(workerData as Place), []);
