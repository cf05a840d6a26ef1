import { RingfenceError } from '../../kernel/errors.ts';
import { ANCHOR_SLOT, checkSameHead } from '../anchors.ts';
import type { Queries } from './database.ts';
import * as sql from './money-sql.ts';
import type { Names } from './names.ts';

/** As in `sqlite/lives.ts`. */
export interface Life {
  readonly id: number;
  readonly position: number;
  readonly head: string;
  readonly closed: boolean;
}

/** Locks and reads a life with one of the `LIFE_…` statements. */
export async function getLife(
  queries: Queries,
  statement: string,
  node: string,
  epoch: number,
): Promise<Life | null> {
  const row = await queries.get(statement, node, epoch);
  return row === undefined ? null : (row as unknown as Life);
}

/** As `getLife`; the life begins now if it is new. */
export async function ensureLife(
  { queries, names }: { readonly queries: Queries; readonly names: Names },
  statement: string,
  node: string,
  epoch: number,
): Promise<Life> {
  const known = await getLife(queries, statement, node, epoch);
  if (known !== null) return known;
  await names.life(node, epoch);
  const life = await getLife(queries, statement, node, epoch);
  if (life === null) throw new RingfenceError('internal', 'A life could not be stored');
  return life;
}

/** Moves the cursor and keeps the chain head there. */
export async function advance(queries: Queries, life: Life, position: number, head: string): Promise<void> {
  await queries.run(sql.LIFE_ADVANCE, position, head, life.id);
  await queries.run(sql.ANCHOR_PUT, life.id, Math.floor(position / ANCHOR_SLOT), position, head);
}

/** See `checkSameHead`. */
export async function checkHead(queries: Queries, life: Life, position: number, head: string): Promise<void> {
  const slot = Math.floor(position / ANCHOR_SLOT);
  const known =
    position === life.position
      ? life.head
      : (await queries.get(sql.ANCHOR_AT, life.id, slot, position))?.['head'];
  checkSameHead(position, known, head);
}
