import type { Verification } from '../verifications.ts';
import { e164, type VonageServices } from './state.ts';

export interface Sending {
  readonly channel: string;
  readonly to: string;
}

/** Channel of a workflow step → item of the price book. */
export const VERIFY_ITEMS: Readonly<Record<string, string>> = {
  sms: 'verify.start/sms',
  whatsapp: 'verify.start/whatsapp',
  whatsapp_interactive: 'verify.start/whatsapp',
  voice: 'verify.start/voice',
  email: 'verify.start/email',
  silent_auth: 'verify.start/silent',
};

/** Every code that is sent is charged. */
export function chargeSend(
  { world }: VonageServices,
  verification: Verification,
  { channel, to }: Sending,
): void {
  const item = VERIFY_ITEMS[channel] ?? 'verify.start/sms';
  world.verifications.charge(verification, { item, address: channel === 'email' ? to : e164(to) });
}
