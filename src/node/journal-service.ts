import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JournalEntry, JournalService } from '../api/services.ts';
import { verifyCheckpoint } from '../custody/checkpoint-key.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { faultError, type Fault } from '../journal/fault.ts';
import { listSegments, type Place } from '../journal/segments.ts';
import { findRecord, readJournal, type ReadRecord } from '../journal/tail.ts';
import { verifyJournal } from '../journal/verify.ts';
import type { Primary } from './primary.ts';

/** Who looks at the latest records is not kept from them by damage before; `verify` names it. */
const passOver = (): void => {};
const POLL = 100;
/** How far behind a record its outcome is looked for. */
const FOLLOWERS = 50_000;

/** Reads the journals of all processes of this node from their files. */
export function createJournalService({ config, paths, store, checkpoint }: Primary): JournalService {
  const nodes = ['control', ...Array.from({ length: config.workers }, (_, index) => `w${index}`)];
  const directoryOf = (node: string): string => join(paths.journal, node);

  /** Everything that can be trusted; the rest of a damaged epoch is left out, and said. */
  function readAll(node: string, faults: Fault[]): AsyncGenerator<ReadRecord> {
    return readJournal(directoryOf(node), undefined, (fault) => faults.push(fault));
  }

  async function after(places: Places, limit: number): Promise<readonly JournalEntry[]> {
    const found: JournalEntry[] = [];
    for (const node of nodes) {
      const place = places.get(node);
      let count = 0;
      for await (const { epoch, position, record } of readJournal(directoryOf(node), place, passOver)) {
        found.push({ node, epoch, position, record });
        if (++count >= limit) break;
      }
    }
    return found.toSorted((a, b) => a.record.at - b.record.at).slice(0, limit);
  }

  /** Places from which about the last `limit` records of each node follow. */
  async function latest(limit: number): Promise<Places> {
    const places: Places = new Map();
    for (const node of nodes) {
      const last = (await listSegments(directoryOf(node))).at(-1);
      if (last === undefined) continue;
      const recent: Place[] = [];
      const from = { epoch: last.epoch, position: last.first };
      for await (const { epoch, position } of readJournal(directoryOf(node), from, passOver)) {
        recent.push({ epoch, position });
        if (recent.length > limit) recent.shift();
      }
      const [first] = recent;
      if (first !== undefined) places.set(node, first);
    }
    return places;
  }

  return {
    async tail({ cursor, limit, wait, signal }) {
      const places = cursor === null ? await latest(limit) : readCursor(cursor);
      const end = performance.now() + wait;
      for (;;) {
        const entries = await after(places, limit);
        if (entries.length > 0 || performance.now() >= end || signal.aborted)
          return { entries, cursor: writeCursor(places, entries) };
        await sleep(POLL);
      }
    },
    async show({ node, epoch, position }) {
      if (!nodes.includes(node)) return [];
      const directory = directoryOf(node);
      const found = await findRecord(directory, { epoch, position });
      if (found === null) return [];
      const entries: JournalEntry[] = [{ node, epoch, position, record: found.record }];
      let looked = 0;
      for await (const next of readJournal(directory, { epoch, position: position + 1 })) {
        if (next.epoch !== epoch || ++looked > FOLLOWERS) break;
        if (next.record.type !== 'outcome' || next.record.of !== position) continue;
        entries.push({ node, epoch, position: next.position, record: next.record });
        break;
      }
      return entries;
    },
    async *export({ since, until }) {
      const faults: Fault[] = [];
      for (const node of nodes) {
        for await (const { epoch, position, record } of readAll(node, faults))
          if (record.at >= (since ?? 0) && record.at < (until ?? Infinity))
            yield { node, epoch, position, record };
      }
      const [first] = faults;
      if (first !== undefined) throw faultError(first);
    },
    async verify() {
      const journals = [];
      const problems: string[] = [];
      for (const node of nodes) {
        const anchors = await store.ledger.heads(node);
        const isSigned = (head: string, signature: string): boolean =>
          verifyCheckpoint(head, signature, checkpoint.publicKey);
        const result = await verifyJournal({ directory: directoryOf(node), node, anchors, isSigned });
        journals.push({
          node,
          epochs: result.epochs,
          records: result.records,
          signed: result.signed,
          lastAt: result.lastAt,
          torn: result.torn.map(({ epoch, position, bytes }) => ({
            id: `${node}-${epoch}-${position}`,
            bytes,
          })),
        });
        problems.push(...result.faults.map(({ message }) => message));
      }
      return { journals, problems };
    },
  };
}

type Places = Map<string, Place>;

function writeCursor(places: Places, entries: readonly JournalEntry[]): string {
  const next = new Map(places);
  for (const { node, epoch, position } of entries) next.set(node, { epoch, position: position + 1 });
  return [...next].map(([node, { epoch, position }]) => `${node}.${epoch}.${position}`).join(',');
}

function readCursor(cursor: string): Places {
  const places: Places = new Map();
  for (const part of cursor === '' ? [] : cursor.split(',')) {
    const match = /^(\w+)\.(\d{1,9})\.(\d{1,15})$/.exec(part);
    if (match?.[1] === undefined)
      throw new RingfenceError('input_invalid', 'The cursor is not one that an earlier answer gave.');
    places.set(match[1], { epoch: Number(match[2]), position: Number(match[3]) });
  }
  return places;
}
