import { livekit } from './livekit/index.ts';
import { telnyx } from './telnyx/index.ts';
import { twilio } from './twilio/index.ts';
import type { Vendor } from './vendor.ts';
import { vonage } from './vonage/index.ts';

/** All vendors; a new one is one folder, and a line here, in `leaks.ts` and in `leak-checks.ts`. */
export const VENDORS: readonly Vendor[] = [twilio, vonage, telnyx, livekit];
