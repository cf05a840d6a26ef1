import type { Intent } from '../../intent/intent.ts';
import type { Reading } from '../vendor.ts';
import type { Operation } from '../wire.ts';

/** Raised while a request is read, caught by `readingOf`. The message names the parameter and what is expected. */
export class Unreadable extends Error {
  override readonly name = 'Unreadable';
}

/** What a vendor's reader adds to an intent; everything else has its neutral value. */
export type IntentDetails = Partial<Omit<Intent, 'vendor' | 'operation'>>;

/** Runs a reader: what it cannot read becomes `malformed`, everything else an intent. */
export function readingOf(operation: Operation, read: () => IntentDetails): Reading {
  try {
    return { kind: 'intent', intent: intentOf(operation, read()) };
  } catch (error) {
    if (error instanceof Unreadable) return { kind: 'malformed', problem: error.message };
    throw error;
  }
}

/** What an operation means: nothing more than its effects, but for the details. */
export function intentOf(
  operation: Pick<Operation, 'vendor' | 'id' | 'effects'>,
  details: IntentDetails,
): Intent {
  return {
    vendor: operation.vendor,
    operation: operation.id,
    action: 'other',
    effects: operation.effects,
    channel: null,
    destinations: [],
    sender: null,
    content: null,
    callSeconds: null,
    extras: [],
    country: null,
    parameters: new Map(),
    callbacks: [],
    ...details,
  };
}
