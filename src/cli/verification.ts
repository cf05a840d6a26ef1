import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createUpstream } from '../gateway/upstream.ts';
import { allChecks } from '../scan/verify/checks.ts';
import { createVerifier, type Verifier, type VerifierOptions } from '../scan/verify/verifier.ts';
import type { WireResponse } from '../vendors/wire.ts';

export interface VerificationOptions extends Pick<
  VerifierOptions,
  'signal' | 'parallel' | 'pause' | 'deadline' | 'total'
> {
  /** Origin to dial instead of the vendors (a sandbox); null: the vendors themselves. */
  readonly origin: string | null;
}

/** A verifier that asks the vendors from this machine. Close it to let the process end. */
export function openVerification({ origin, ...options }: VerificationOptions): {
  readonly verifier: Verifier;
  close(): Promise<void>;
} {
  const upstream = createUpstream();
  const send: VerifierOptions['send'] = async (request, signal) => {
    const aborted = Promise.withResolvers<never>();
    aborted.promise.catch(() => {});
    signal.addEventListener('abort', () => aborted.reject(new Error('aborted')), { once: true });
    const sent = upstream.send(origin ?? `https://${request.host}`, 'verify', request, { upload: null });
    const result = await Promise.race([sent, aborted.promise]);
    if (result.kind !== 'answered') throw result.error;
    result.rest?.destroy();
    const { status, headers, body } = result;
    return { status, headers, body } satisfies WireResponse;
  };
  const verifier = createVerifier({
    ...options,
    checks: allChecks(),
    send,
    now: () => performance.now(),
    wall: Date.now,
    random: randomBytes,
    sleep: (milliseconds, signal) => sleep(milliseconds, undefined, { signal }),
  });
  return { verifier, close: upstream.abandon }; // All verdicts are in by now, so connections to a vendor that does not answer are dropped.
}
