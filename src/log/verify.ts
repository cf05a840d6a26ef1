import { fault, type Fault } from './fault.ts';
import { fromHex, toHex, GENESIS } from './format.ts';
import type { JournalRecord } from '../journal/records.ts';
import { openSegment, type SegmentReader } from './segment-reader.ts';
import { listSegments, type SegmentFile } from './segments.ts';

/** A chain head that the store recorded when it loaded the journal: position after the record, head in hex. */
export interface Anchor {
  readonly epoch: number;
  readonly position: number;
  readonly head: string;
}

export interface VerifyOptions {
  readonly directory: string;
  readonly node: string;
  readonly anchors: readonly Anchor[];
  /** True when `signature` was made for `head` with the deployment's checkpoint key. */
  readonly isSigned: (head: string, signature: string) => boolean;
}

export interface JournalVerification {
  readonly node: string;
  readonly records: number;
  readonly epochs: number;
  /** Records up to the last good checkpoint. */
  readonly signed: number;
  /** Wall ms of the last record; null for an empty journal. */
  readonly lastAt: number | null;
  /** First fault, or null when everything fits. */
  readonly fault: Fault | null;
}

interface Walk {
  readonly options: VerifyOptions;
  readonly anchors: Map<string, string>;
  records: number;
  signed: number;
  lastAt: number | null;
  epoch: number;
  /** Next position and chain head. */
  position: number;
  head: string;
}

/** Recomputes every checksum and hash, and compares positions, epochs, checkpoints and anchors. */
export async function verifyJournal(options: VerifyOptions): Promise<JournalVerification> {
  const { directory, node } = options;
  const anchors = new Map(options.anchors.map(({ epoch, position, head }) => [`${epoch}-${position}`, head]));
  const walk: Walk = {
    options,
    anchors,
    records: 0,
    signed: 0,
    lastAt: null,
    epoch: 0,
    position: 0,
    head: GENESIS,
  };
  const segments = await listSegments(directory);
  let found: Fault | null = null;
  for (const [index, file] of segments.entries()) {
    found = await verifySegment(walk, file, segments[index + 1] ?? null);
    if (found !== null) break;
  }
  found ??= missingEnd(walk);
  return {
    node,
    records: walk.records,
    epochs: walk.epoch,
    signed: walk.signed,
    lastAt: walk.lastAt,
    fault: found,
  };
}

async function verifySegment(
  walk: Walk,
  file: SegmentFile,
  following: SegmentFile | null,
): Promise<Fault | null> {
  const reader = await openSegment(file);
  if (reader === 'blank')
    return following === null ? null : at(walk, file.first, 'damaged', 'the header of its segment is blank');
  if (!('frames' in reader)) return reader;
  try {
    return (
      linkProblem(walk, file, reader) ??
      (await verifyFrames(walk, reader)) ??
      (await endProblem(walk, reader, following))
    );
  } finally {
    await reader.close();
  }
}

/** Does the segment continue what was read before? */
function linkProblem(walk: Walk, file: SegmentFile, { header }: SegmentReader): Fault | null {
  const isNewEpoch = file.epoch !== walk.epoch;
  const expected = isNewEpoch ? 0 : walk.position;
  if (isNewEpoch && file.epoch !== walk.epoch + 1 && walk.records > 0)
    return { ...at(walk, 0, 'removed', `epoch ${walk.epoch + 1} is missing`), epoch: walk.epoch + 1 };
  if (file.first !== expected) {
    const gone = at(walk, expected, 'removed', 'its segment is missing');
    return { ...gone, epoch: file.epoch };
  }
  if (header.chain !== walk.head && walk.records > 0)
    return {
      ...at(walk, file.first, 'replaced', 'its segment does not continue the chain'),
      epoch: file.epoch,
    };
  walk.epoch = file.epoch;
  walk.position = file.first;
  walk.head = header.chain;
  return null;
}

async function verifyFrames(walk: Walk, reader: SegmentReader): Promise<Fault | null> {
  for (;;) {
    const frames = await reader.frames(1000);
    if (frames.length === 0) return null;
    for (const { position, head, payload } of frames) {
      const problem = recordProblem(walk, position, payload);
      walk.records += 1;
      walk.position = position + 1;
      walk.head = head;
      if (problem !== null) return problem;
      const anchor = walk.anchors.get(`${walk.epoch}-${walk.position}`);
      if (anchor !== undefined && fromHex(anchor) !== head)
        return at(walk, position, 'replaced', 'its hash is not the one that the store recorded');
    }
  }
}

function recordProblem(walk: Walk, position: number, payload: Buffer): Fault | null {
  const record = parse(payload);
  if (record === null) return at(walk, position, 'malformed', 'it is not a record');
  if (position === 0 && record.type !== 'open')
    return at(walk, position, 'malformed', 'an epoch must begin with its opening');
  walk.lastAt = record.at;
  if (record.type !== 'checkpoint') return null;
  const isGood = record.head === toHex(walk.head) && walk.options.isSigned(record.head, record.signature);
  if (isGood) walk.signed = walk.records;
  return isGood ? null : at(walk, position, 'forged', 'its signature does not fit the chain');
}

function parse(payload: Buffer): JournalRecord | null {
  try {
    const value: unknown = JSON.parse(payload.toString());
    return typeof value === 'object' && value !== null && 'type' in value ? (value as JournalRecord) : null;
  } catch {
    return null;
  }
}

/** A torn record is only explained by a crash: nothing of the same epoch may follow it. */
async function endProblem(
  walk: Walk,
  reader: SegmentReader,
  following: SegmentFile | null,
): Promise<Fault | null> {
  const ending = await reader.ending();
  if (ending.kind === 'fault') return ending.fault;
  const isTorn = ending.kind === 'torn' && following?.epoch === reader.file.epoch;
  return isTorn
    ? at(walk, walk.position, 'damaged', 'its bytes do not fit their checksum, and later segments follow')
    : null;
}

/** The store has loaded more than is there: somebody cut the end off. */
function missingEnd(walk: Walk): Fault | null {
  const beyond = walk.options.anchors.find(
    ({ epoch, position }) => epoch > walk.epoch || (epoch === walk.epoch && position > walk.position),
  );
  return beyond === undefined
    ? null
    : at(
        walk,
        walk.position,
        'truncated',
        `the store has seen record ${beyond.epoch}-${beyond.position - 1}`,
      );
}

function at(walk: Walk, position: number, kind: Fault['kind'], what: string): Fault {
  return fault(kind, { node: walk.options.node, epoch: walk.epoch, position }, what);
}
