import type { NumberingPlan } from '../../kernel/numbering/facts.ts';
import { type IntentDetails, readingOf } from '../shared/reading.ts';
import { withExports } from '../shared/urls.ts';
import type { Reading } from '../vendor.ts';
import type { Operation, WireRequest } from '../wire.ts';
import { LONGEST_CALL, readCall, readCallUpdate, readParticipant, readValidation } from './calls.ts';
import { readMemberUpdate, readOther, readRecordingUpdate, readReservationUpdate } from './indirect.ts';
import { readBulkLookup, readLookup } from './lookups.ts';
import { readMessage } from './messages.ts';
import { readNumberPurchase } from './numbers.ts';
import { callbacksOf, type Parameters, readParameters } from './parameters.ts';
import { readVerification, readVerificationCheck, readVerificationUpdate } from './verifications.ts';

/** A request whose operation is known. */
export interface Question {
  readonly operation: Operation;
  readonly request: WireRequest;
  readonly parameters: Parameters;
  readonly plan: NumberingPlan;
}

type Reader = (question: Question) => IntentDetails;

const buy: Reader = ({ parameters, plan }) => readNumberPurchase(parameters, plan);
const lookUp: Reader = ({ parameters, plan, request }) => readLookup(parameters, plan, request);
/** A recording lasts as long as its call, and only the vendor knows when that ends. */
const record: Reader = ({ parameters }) => ({
  action: 'recording.start',
  callSeconds: LONGEST_CALL,
  fixedSeconds: true,
  parameters: parameters.map,
  callbacks: callbacksOf(parameters),
});
const changeRecording: Reader = ({ operation, parameters }) => readRecordingUpdate(operation, parameters);
const reserve: Reader = ({ operation, parameters, plan }) =>
  readReservationUpdate(operation, parameters, plan);

/** Operations that have a meaning of their own, by id. All others are read by `readOther`. */
const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['CreateMessage', ({ parameters, plan }) => readMessage(parameters, plan)],
  ['CreateCall', ({ parameters, plan }) => readCall(parameters, plan)],
  ['UpdateCall', ({ parameters, plan }) => readCallUpdate(parameters, plan)],
  ['CreateParticipant', ({ parameters, plan }) => readParticipant(parameters, plan)],
  ['CreateValidationRequest', ({ parameters, plan }) => readValidation(parameters, plan)],
  ['CreateCallRecording', record],
  ['UpdateCallRecording', changeRecording],
  ['UpdateConferenceRecording', changeRecording],
  ['UpdateRoomTranscriptions', changeRecording],
  ['UpdateMember', ({ parameters }) => readMemberUpdate(parameters)],
  ['CreateIncomingPhoneNumber', buy],
  ['CreateIncomingPhoneNumberLocal', buy],
  ['CreateIncomingPhoneNumberMobile', buy],
  ['CreateIncomingPhoneNumberTollFree', buy],
  ['CreateVerification', ({ parameters, plan }) => readVerification(parameters, plan)],
  ['CreateVerificationCheck', ({ parameters, plan }) => readVerificationCheck(parameters, plan)],
  ['UpdateVerification', ({ operation, parameters }) => readVerificationUpdate(operation, parameters)],
  ['lookups.v1.FetchPhoneNumber', lookUp],
  ['lookups.v2.FetchPhoneNumber', lookUp],
  ['CreateBulkLookup', ({ parameters, plan }) => readBulkLookup(parameters, plan)],
  ['UpdateTaskReservation', reserve],
  ['UpdateWorkerReservation', reserve],
]);

/** Parts of a call that send its audio to another place through a connector, without a URL in the request. */
const EXPORTS: ReadonlySet<string> = new Set(['siprec', 'stream']);

/** Ids that have a reader; a test compares them with the table. */
export const READ_OPERATIONS: readonly string[] = [...READERS.keys()];

export function readIntent(operation: Operation, request: WireRequest, plan: NumberingPlan): Reading {
  return readingOf(operation, () => {
    const parameters = readParameters(operation, request);
    const reader = READERS.get(operation.id);
    if (reader === undefined) return readOther(operation, parameters, plan);
    const details = reader({ operation, request, parameters, plan });
    return withExports(
      details,
      operation.effects,
      details.extras?.some((extra) => EXPORTS.has(extra)),
    );
  });
}
