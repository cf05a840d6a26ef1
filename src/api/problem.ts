import { ERRORS, RingfenceError, type ErrorCode } from '../kernel/errors.ts';

/** RFC 9457 problem details; `code` is the row of the error table. */
export interface Problem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly code: ErrorCode;
  readonly category: string;
  readonly detail: string;
  readonly hint: string;
}

/** Describes an error for the client. Of errors that are not a `RingfenceError` it says `internal` only: their message may hold secrets. */
export function toProblem(error: unknown): Problem {
  const fault = error instanceof RingfenceError ? error : new RingfenceError('internal');
  const { title, status, category, hint } = ERRORS[fault.code];
  const type = `urn:ringfence:error:${fault.code}`;
  return { type, title, status, code: fault.code, category, detail: fault.message, hint };
}

/** The problem as an answer (RFC 9457). It is never cached. */
export function problemResponse(error: unknown): Response {
  const problem = toProblem(error);
  const headers = new Headers({ 'content-type': 'application/problem+json', 'cache-control': 'no-store' });
  if (problem.status === 401) headers.set('www-authenticate', 'Bearer'); // RFC 9110, 11.6.1
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}
