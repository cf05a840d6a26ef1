import { fileURLToPath } from 'node:url';
import type { PriceRecord } from '../store/records.ts';

/** What the first-run demonstration shows: an app with a vendor's own SDK in a process of its own. */
export interface Showcase {
  readonly vendor: string;
  readonly script: string;
  /** The package that the script imports. */
  readonly sdk: string;
  /** Country to which the policy lets messages go. */
  readonly country: string;
  /** Messages that the demonstration's budget pays for exactly. */
  readonly messages: number;
  readonly item: string;
  readonly environment: (
    parts: Readonly<Record<string, string>>,
    gateway: string,
  ) => Readonly<Record<string, string>>;
}

/** Numbers that the simulated network knows; nothing leaves this machine. */
const ALLOWED = '+4915215551234';
const REFUSED = '+447400123456';

export const showcase: Showcase = {
  vendor: 'twilio',
  sdk: 'twilio',
  script: fileURLToPath(new URL('../../examples/twilio-node/showcase.mjs', import.meta.url)),
  country: 'DE',
  messages: 3,
  item: 'message.send/sms',
  environment: (parts, gateway) => ({
    TWILIO_ACCOUNT_SID: parts['accountSid'] ?? '',
    TWILIO_AUTH_TOKEN: parts['authToken'] ?? '',
    GATEWAY_URL: gateway,
    ALLOWED_TO: ALLOWED,
    REFUSED_TO: REFUSED,
    FROM: '+4915215550000',
  }),
};

/** Price of one message of the demonstration by the sandbox's own book. */
export function showcasePrice(rows: readonly PriceRecord[]): PriceRecord {
  const digits = ALLOWED.slice(1);
  const fitting = rows.filter(
    ({ vendor, item, prefix }) =>
      vendor === showcase.vendor && item === showcase.item && digits.startsWith(prefix),
  );
  const [longest] = fitting.toSorted((a, b) => b.prefix.length - a.prefix.length);
  if (longest === undefined) throw new Error('the sandbox has no price for the demonstration');
  return longest;
}
