import { next, refuse, type Refused, type Step } from '../../intent/decision.ts';
import { micros } from '../../kernel/money.ts';
import { exceeded, isLacking, take, type Claim, type Reservation } from './claims.ts';
import { isRefused, refill, type BankPort, type SliceClock } from './slice.ts';

export interface Waiting {
  readonly clock: SliceClock;
  readonly bank: BankPort;
  /** Milliseconds that a request waits for money. */
  readonly patience: number;
  /** Resolves after so many milliseconds; absent: only the bank's answer ends a wait. */
  readonly sleep?: ((milliseconds: number) => Promise<void>) | undefined;
}

/** Between two asks of one request: a bank that awaits money of others answers at once when they have just ended. */
const PAUSE_MILLISECONDS = 5;

/**
 * Takes the claims once the bank has granted what lacks. Refuses when it has no more, or does not answer in time. Null
 * when a budget was changed or removed meanwhile: then nothing that comes for it may be spent.
 */
export async function waitFor(claims: readonly Claim[], waiting: Waiting): Promise<Step<Reservation> | null> {
  for (const { slice, amount } of claims) slice.waiting += amount;
  const step = await obtain(claims, waiting);
  for (const { slice, amount } of claims) slice.waiting -= amount;
  return step;
}

async function obtain(claims: readonly Claim[], waiting: Waiting): Promise<Step<Reservation> | null> {
  const { clock, patience, sleep } = waiting;
  const deadline = clock.monotonic() + patience;
  for (let isAgain = false; ; isAgain = true) {
    const lacking = claims.filter(isLacking);
    const refused = lacking.find(({ slice, amount }) => isRefused(slice, amount, clock.monotonic()));
    if (refused !== undefined) return exceeded(refused);
    if (clock.monotonic() >= deadline) return unavailable(lacking, 'Budget money did not arrive in time.');
    try {
      if (isAgain) await sleep?.(PAUSE_MILLISECONDS);
      await askFor(claims.filter(isLacking), waiting);
    } catch {
      if (!claims.some(isRetired)) return unavailable(lacking, 'The bank of budget money cannot be reached.');
    }
    if (claims.some(isRetired)) return null;
    const reservation = take(claims);
    if (reservation !== null) return next(reservation);
  }
}

function isRetired({ slice }: Claim): boolean {
  return slice.isRetired;
}

/** Returns after every answer, or when the patience is at its end. */
async function askFor(claims: readonly Claim[], { bank, clock, patience, sleep }: Waiting): Promise<void> {
  const refills = Promise.all(
    claims.map(({ slice, amount }) =>
      refill(slice, { need: micros(Math.max(0, amount - slice.free)), isBackground: false }, bank, clock),
    ),
  );
  await (sleep === undefined ? refills : Promise.race([refills, sleep(patience)]));
}

function unavailable([claim]: readonly Claim[], message: string): Refused {
  return refuse('budget_unavailable', `budget:${claim?.slice.budget.name ?? '?'}`, message);
}

/** Asks for more before the slice runs dry, so that the next request need not wait. */
export function topUp({ slice, amount }: Claim, { bank, clock }: Waiting): void {
  if (amount === 0 || slice.pending !== null || slice.free > slice.lastGrant / 2) return;
  if (isRefused(slice, amount, clock.monotonic())) return;
  refill(slice, { need: amount, isBackground: true }, bank, clock).catch(() => {}); // The request that needs it is told.
}
