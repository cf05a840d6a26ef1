import { unknown, type FoundCredential, type LeakCheck, type LeakVerdict } from '../../vendors/leak-check.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import type { Gate } from './gate.ts';

export interface AskerOptions {
  readonly gate: Gate;
  readonly send: (request: WireRequest, signal: AbortSignal) => Promise<WireResponse>;
  readonly sleep: (milliseconds: number, signal: AbortSignal) => Promise<void>;
}

export type Ask = (
  check: LeakCheck,
  question: Pick<FoundCredential, 'companions'> & { readonly requests: readonly WireRequest[] },
  signal: AbortSignal,
) => Promise<LeakVerdict>;

/** A vendor that asks to wait longer than this is not waited for. */
const LONGEST_WAIT = 3000;

/** Puts a check's requests one after another until it has a verdict. Rejects when nobody answers. */
export function createAsker({ gate, send, sleep }: AskerOptions): Ask {
  async function once(request: WireRequest, signal: AbortSignal): Promise<WireResponse> {
    return gate.through(request.host, signal, async () => send(request, signal));
  }

  /** Sends a request; if the vendor says how long to wait (up to `LONGEST_WAIT`), waits once and sends it again. */
  async function patiently(request: WireRequest, signal: AbortSignal): Promise<WireResponse> {
    const response = await once(request, signal);
    const wait = Number(response.headers['retry-after'] ?? Number.NaN) * 1000;
    if (response.status !== 429 || !(wait <= LONGEST_WAIT)) return response;
    await sleep(wait, signal);
    return once(request, signal);
  }

  return async (check, { requests, companions }, signal) => {
    const answers: WireResponse[] = [];
    for (const [place, request] of requests.entries()) {
      const response = await patiently(request, signal);
      const trouble = troubleOf(response);
      if (trouble !== null) return unknown(trouble);
      answers.push(response);
      const verdict = check.judge(answers, place === requests.length - 1, companions);
      if (verdict !== null) return verdict;
    }
    return unknown('The vendor gave no clear answer.');
  };
}

/** Answers that say nothing about the credential. */
function troubleOf({ status }: WireResponse): string | null {
  if (status === 429) return 'The vendor limits how often it may be asked.';
  if (status >= 500 || status === 408) return `The vendor failed (it answered ${status}).`;
  if (status >= 300 && status < 400) return 'The vendor answered with a redirect, which is not followed.';
  return null;
}
