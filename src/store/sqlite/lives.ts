import { RingfenceError } from '../../kernel/errors.ts';
import { ANCHOR_SLOT, checkSameHead } from '../anchors.ts';
import type { Cursor } from '../ports.ts';
import type { Database, Row } from './database.ts';
import * as sql from './money-sql.ts';

/** One process between two starts: the holder of leases and the author of a journal epoch. */
export interface Life {
  readonly id: number;
  /** Next position to load. */
  readonly position: number;
  readonly head: string;
  readonly closed: boolean;
}

export function getLife(database: Database, node: string, epoch: number): Life | null {
  const row = database.get(sql.LIFE_GET, node, epoch);
  if (row === undefined) return null;
  return {
    id: row['id'] as number,
    position: row['position'] as number,
    head: row['head'] as string,
    closed: row['closed'] !== null,
  };
}

/** The life, which begins now if it is new. */
export function ensureLife(database: Database, node: string, epoch: number): Life {
  const known = getLife(database, node, epoch);
  if (known !== null) return known;
  database.run(sql.LIFE_INSERT, node, epoch);
  const created = getLife(database, node, epoch);
  if (created === null) throw new RingfenceError('internal', 'A life could not be stored');
  return created;
}

export function cursors(database: Database, node: string): Cursor[] {
  return database.all(sql.CURSORS, node).map(toCursor);
}

export function givenUp(database: Database, node: string): Cursor[] {
  return database.all(sql.CURSORS_GIVEN_UP, node).map(toCursor);
}

export function heads(database: Database, node: string): Cursor[] {
  return database.all(sql.HEADS, node).map(toCursor);
}

function toCursor(row: Row): Cursor {
  return {
    epoch: row['epoch'] as number,
    position: row['position'] as number,
    head: row['head'] as string,
  };
}

/** Moves the cursor and keeps the chain head there. */
export function advance(database: Database, life: Life, position: number, head: string): void {
  database.run(sql.LIFE_ADVANCE, position, head, life.id);
  database.run(sql.ANCHOR_PUT, life.id, Math.floor(position / ANCHOR_SLOT), position, head);
}

/** See `checkSameHead`. */
export function checkHead(database: Database, life: Life, position: number, head: string): void {
  const slot = Math.floor(position / ANCHOR_SLOT);
  const known =
    position === life.position ? life.head : database.get(sql.ANCHOR_AT, life.id, slot, position)?.['head'];
  checkSameHead(position, known, head);
}
