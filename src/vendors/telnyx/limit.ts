import type { Operation, WireRequest } from '../wire.ts';
import { limitCall } from './calls.ts';
import { limitAnswer } from './models.ts';

/** A call gets its time limit; what a model answers, the length that was counted. */
export function limit(operation: Operation, request: WireRequest, callSeconds: number | null): WireRequest {
  return callSeconds === null ? limitAnswer(operation, request) : limitCall(operation, request, callSeconds);
}
