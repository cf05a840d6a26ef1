import type { Dispatcher } from 'undici';
import type { Parts } from './world.ts';

/** The wire of one vendor, without its SDK: the torture wants many requests, not comfort. */
interface Wire {
  readonly vendor: string;
  /** Share of the requests. */
  readonly share: number;
  /** The price book states so many times what the vendor will charge. */
  readonly exaggeration: number;
  values(credentials: Readonly<Record<string, string>>): Readonly<Record<string, string>>;
  request(parts: Readonly<Record<string, string>>, message: Message): Dispatcher.RequestOptions;
}

interface Message {
  readonly to: string;
  readonly text: string;
}

const FROM = '+4915215550000';

/** The first states its price in the answer, the second tells it later, and it is half of the bound. */
export const WIRES: readonly [Wire, ...Wire[]] = [
  {
    vendor: 'telnyx',
    share: 0.9,
    exaggeration: 1,
    values: ({ apiKey = '' }) => ({ apiKey }),
    request: ({ apiKey = '' }, { to, text }) => ({
      path: '/api.telnyx.com/v2/messages',
      method: 'POST',
      headers: { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json' },
      body: JSON.stringify({ to, from: FROM, text }),
    }),
  },
  {
    vendor: 'twilio',
    share: 0.1,
    exaggeration: 2,
    values: ({ accountSid = '', authToken = '' }) => ({ accountSid, authToken }),
    request: ({ accountSid = '', authToken = '' }, { to, text }) => ({
      path: `/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`,
      method: 'POST',
      headers: {
        authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
        'content-type': 'application/x-www-form-urlencoded',
      },
      body: new URLSearchParams({ To: to, From: FROM, Body: text }).toString(),
    }),
  },
];

/** A message of any vendor: to the United States, Germany or France, one in twenty to a country that is refused. */
export function anyRequest(parts: Parts): Dispatcher.RequestOptions {
  let choice = Math.random();
  const wire = WIRES.find(({ share }) => (choice -= share) < 0) ?? WIRES[0];
  return wire.request(parts[wire.vendor] ?? {}, messageFor(Math.random()));
}

/** One segment to France, by the vendor that states its price at once. */
export function frenchRequest(parts: Parts): Dispatcher.RequestOptions {
  const [wire] = WIRES;
  return wire.request(parts[wire.vendor] ?? {}, messageFor(1));
}

function messageFor(choice: number): Message {
  const tail = String(Math.floor(Math.random() * 1e6)).padStart(6, '0');
  const isFrench = choice >= 0.9;
  const to = numberFor(choice, tail);
  return { to, text: `${'x'.repeat(isFrench ? 20 : 20 + Math.floor(Math.random() * 300))}${tail}` };
}

function numberFor(choice: number, tail: string): string {
  if (choice >= 0.9) return `+33612${tail}`;
  if (choice >= 0.5) return `+4915215${tail}`;
  return choice >= 0.06 ? `+1201555${tail.slice(2)}` : `+4477009${tail.slice(1)}`;
}
