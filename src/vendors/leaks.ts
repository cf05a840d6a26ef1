import { leaks as livekit } from './livekit/leaks.ts';
import { leaks as telnyx } from './telnyx/leaks.ts';
import { leaks as twilio } from './twilio/leaks.ts';
import type { LeakRule } from './leak-rule.ts';
import { leaks as vonage } from './vonage/leaks.ts';

/** The leak rules of all vendors, without their adapters: a scan starts fast. */
export const VENDOR_LEAKS: readonly LeakRule[] = [...twilio, ...vonage, ...telnyx, ...livekit];
