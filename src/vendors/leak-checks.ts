import type { LeakCheck } from './leak-check.ts';
import { leakChecks as livekit } from './livekit/leak-check.ts';
import { leakChecks as telnyx } from './telnyx/leak-check.ts';
import { leakChecks as twilio } from './twilio/leak-check.ts';
import { leakChecks as vonage } from './vonage/leak-check.ts';

/** How the vendors with an adapter are asked about a found credential. Loads only when something is verified. */
export const VENDOR_LEAK_CHECKS: readonly LeakCheck[] = [...twilio, ...vonage, ...telnyx, ...livekit];
