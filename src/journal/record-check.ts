import { CHECKPOINT_EVERY, checkpointText, type IsSigned } from './checkpoint.ts';
import { fault, type Fault, type FaultKind } from './fault.ts';
import { toHex, type Frame } from './format.ts';
import type { SegmentHeader } from './header.ts';
import { parseRecord } from './record-shape.ts';
import type { CheckpointRecord, JournalRecord, OpenRecord } from './records.ts';
import { previousOf } from './segment-writer.ts';

/** Looks into the records of a chain: openings, checkpoints, and whether they are records at all. */
export interface RecordCheck {
  enter(header: SegmentHeader): void;
  judge(frame: Frame): Fault | null;
  counts(): { readonly records: number; readonly signed: number; readonly lastAt: number | null };
}

interface State {
  readonly node: string;
  readonly isSigned: IsSigned;
  header: SegmentHeader | null;
  head: string;
  /** Records of the epoch since its last checkpoint. */
  unsigned: number;
  records: number;
  signed: number;
  lastAt: number | null;
}

export function createRecordCheck(node: string, isSigned: IsSigned): RecordCheck {
  const state: State = {
    node,
    isSigned,
    header: null,
    head: '',
    unsigned: 0,
    records: 0,
    signed: 0,
    lastAt: null,
  };
  return {
    enter(header) {
      state.header = header;
      state.head = header.chain;
      state.unsigned = 0;
    },
    judge: (frame) => judge(state, frame),
    counts: () => ({ records: state.records, signed: state.signed, lastAt: state.lastAt }),
  };
}

function judge(state: State, { position, head, payload }: Frame): Fault | null {
  const record = parseRecord(payload);
  if (record === null) return at(state, position, 'malformed', 'it is not a record');
  state.records += 1;
  state.lastAt = record.at;
  const wrong =
    record.type === 'checkpoint'
      ? checkpointProblem(state, position, record)
      : plainProblem(state, position, record);
  state.head = head;
  return wrong;
}

function checkpointProblem(state: State, position: number, record: CheckpointRecord): Fault | null {
  if (position === 0) return at(state, position, 'malformed', 'an epoch begins with its open record');
  const point = { node: state.node, epoch: state.header?.epoch ?? 0, position };
  if (record.head !== toHex(state.head))
    return at(state, position, 'forged', 'the checkpoint is not for the records before it');
  if (!state.isSigned(checkpointText(point, record), record.signature))
    return at(
      state,
      position,
      'forged',
      'its signature does not fit: records since the last checkpoint were changed',
    );
  state.unsigned = 0;
  state.signed = state.records;
  return null;
}

function plainProblem(state: State, position: number, record: JournalRecord): Fault | null {
  state.unsigned += 1;
  if (state.unsigned > CHECKPOINT_EVERY)
    return at(state, position, 'forged', `${CHECKPOINT_EVERY} records stand before it without a checkpoint`);
  if (record.type === 'open') return openProblem(state, position, record);
  return position === 0 ? at(state, position, 'malformed', 'an epoch begins with its open record') : null;
}

function openProblem({ node, header, ...state }: State, position: number, record: OpenRecord): Fault | null {
  const fits =
    position === 0 &&
    record.node === node &&
    record.epoch === header?.epoch &&
    record.boot === header.boot &&
    record.previous === previousOf(header.chain);
  return fits
    ? null
    : at({ node, header, ...state }, position, 'malformed', 'it opens another epoch than this one');
}

function at({ node, header }: State, position: number, kind: FaultKind, what: string): Fault {
  return fault(kind, { node, epoch: header?.epoch ?? 0, position }, what);
}
