import { beginningMissing, beginningProblem, unreadableStart } from './beginning.ts';
import type { IsSigned } from './checkpoint.ts';
import { createCursor, type Step } from './cursor.ts';
import { fault, type Fault } from './fault.ts';
import { fromHex } from './format.ts';
import type { SegmentHeader } from './header.ts';
import { createRecordCheck, type RecordCheck } from './record-check.ts';
import { isBefore, type Place } from './segments.ts';
import { readStart, type JournalStart } from './start.ts';

/** A chain head that the store recorded when it loaded the journal: position after the record, head in hex. */
export interface Anchor extends Place {
  readonly head: string;
}

export interface VerifyOptions {
  readonly directory: string;
  readonly node: string;
  /** Read them before the call: a journal that is being written may only be ahead of them. */
  readonly anchors: readonly Anchor[];
  readonly isSigned: IsSigned;
  /** Present boot id of the machine. */
  readonly boot?: string;
  /** Called now and then with the number of records looked at. It may throw, which ends the verification. */
  readonly onRecords?: (records: number) => void;
}

/** The end of an epoch that a crash cut off: bytes of records that were never acknowledged. 0: in later segments only. */
export interface TornEnd extends Place {
  readonly bytes: number;
}

export interface JournalVerification {
  readonly node: string;
  readonly records: number;
  readonly epochs: number;
  /** Records up to the last checkpoint. Those after it are protected by the anchors alone. */
  readonly signed: number;
  /** Wall ms of the last record; null for an empty journal. */
  readonly lastAt: number | null;
  readonly torn: readonly TornEnd[];
  /** First fault, or null when everything fits. */
  readonly fault: Fault | null;
  /** First fault of each epoch that has one. What follows a fault in its epoch cannot be judged. */
  readonly faults: readonly Fault[];
}

interface State {
  readonly options: VerifyOptions;
  readonly start: JournalStart | null;
  /** In order, those before the journal's start left out. */
  readonly anchors: readonly Anchor[];
  /** How many of them were reached or left behind. */
  reached: number;
  readonly check: RecordCheck;
  readonly torn: TornEnd[];
  readonly faults: Fault[];
  epochs: number;
  /** Where the reading stands. */
  place: Place;
}

/**
 * Recomputes every checksum and hash, and compares positions, segments, epochs, checkpoint signatures and anchors.
 * Names the first record that does not fit, and goes on in the next epoch.
 */
export async function verifyJournal(options: VerifyOptions): Promise<JournalVerification> {
  const { directory, boot, node, isSigned } = options;
  const signed = await readStart(directory);
  const start = signed === 'unreadable' ? null : signed;
  const cursor = createCursor({ directory, node, ...(boot === undefined ? {} : { boot }) });
  const state: State = {
    options,
    start,
    anchors: options.anchors
      .filter((anchor) => anchor.position > 0 && (start === null || !isBefore(anchor, start)))
      .toSorted((a, b) => (isBefore(a, b) ? -1 : 1)),
    reached: 0,
    check: createRecordCheck(node, isSigned),
    torn: [],
    faults: [],
    epochs: 0,
    place: { epoch: 0, position: 0 },
  };
  if (signed === 'unreadable') accuse(state, await unreadableStart(directory, node));
  try {
    for (;;) {
      const found = judge(state, await cursor.next(1_000));
      options.onRecords?.(state.check.counts().records);
      if (found === null) continue;
      if (found === 'end') return report(state);
      accuse(state, found);
      if (!(await cursor.skipEpoch())) return report(state);
    }
  } finally {
    await cursor.close();
  }
}

/** Notes a fault. Nothing more is expected of its epoch. */
function accuse(state: State, found: Fault): void {
  state.faults.push(found);
  while ((state.anchors[state.reached]?.epoch ?? Infinity) <= found.epoch) state.reached += 1;
}

function judge(state: State, step: Step): Fault | 'end' | null {
  switch (step.kind) {
    case 'fault':
      return step.fault;
    case 'epoch':
      return enterEpoch(state, step.header, step.torn);
    case 'frames':
      return checkFrames(state, step);
    case 'end':
      note(state, step.torn);
      return missingEnd(state);
  }
}

function note({ torn, place }: State, bytes: number | null): void {
  if (bytes !== null) torn.push({ ...place, bytes });
}

function enterEpoch(state: State, header: SegmentHeader, torn: number | null): Fault | null {
  const isFirst = state.epochs === 0 && state.faults.length === 0;
  note(state, torn);
  const wrong = isFirst
    ? beginningProblem(header, { ...state.options, start: state.start })
    : continuationProblem(state, header);
  if (wrong?.epoch === header.epoch) return wrong;
  if (wrong !== null) accuse(state, wrong);
  state.epochs += 1;
  state.place = { epoch: header.epoch, position: header.first };
  state.check.enter(header);
  return reachAnchor(state, header.chain);
}

/** Does an epoch begin at its beginning, and was everything before it seen that the store has seen? */
function continuationProblem(state: State, { node, epoch, first }: SegmentHeader): Fault | null {
  const gone = passAnchors(state, { epoch, position: 0 });
  if (gone !== null || first === 0) return gone;
  return fault('removed', { node, epoch, position: 0 }, 'the segment that it was in is missing');
}

function checkFrames(
  state: State,
  { file: { epoch }, frames }: Extract<Step, { readonly kind: 'frames' }>,
): Fault | null {
  for (const frame of frames) {
    const wrong = state.check.judge(frame);
    if (wrong !== null) return wrong;
    state.place = { epoch, position: frame.position + 1 };
    const other = reachAnchor(state, frame.head);
    if (other !== null) return other;
  }
  return null;
}

/** Compares the anchors of the present place. */
function reachAnchor(state: State, head: string): Fault | null {
  const { anchors, place, options } = state;
  for (;;) {
    const anchor = anchors[state.reached];
    if (anchor === undefined || !isAt(anchor, place)) return null;
    state.reached += 1;
    if (fromHex(anchor.head) === head) continue;
    const point = { node: options.node, epoch: place.epoch, position: place.position - 1 };
    return fault('replaced', point, 'its hash is not the one that the store recorded');
  }
}

function isAt(anchor: Place, place: Place): boolean {
  return anchor.epoch === place.epoch && anchor.position === place.position;
}

/** Anchors that lie before `upTo` and were not reached are records that the store has seen and that are gone. */
function passAnchors({ anchors, reached, place, options }: State, upTo: Place): Fault | null {
  const anchor = anchors[reached];
  if (anchor === undefined || !isBefore(anchor, upTo)) return null;
  const here = anchor.epoch === place.epoch ? place.position : 0;
  const point = { node: options.node, epoch: anchor.epoch, position: here };
  const what = `it is missing; the store has seen record ${anchor.epoch}-${anchor.position - 1}`;
  return fault(here > 0 ? 'truncated' : 'removed', point, what);
}

/** Records that the store has seen, or a signed beginning, must have come by now. */
function missingEnd(state: State): 'end' {
  const { start, epochs, options } = state;
  const gone = passAnchors(state, { epoch: Infinity, position: 0 });
  if (gone !== null) accuse(state, gone);
  else if (start !== null && epochs === 0 && state.faults.length === 0)
    accuse(state, beginningMissing(options.node, start));
  return 'end';
}

function report({ options, check, epochs, torn, faults }: State): JournalVerification {
  return { node: options.node, ...check.counts(), epochs, torn, fault: faults[0] ?? null, faults };
}
