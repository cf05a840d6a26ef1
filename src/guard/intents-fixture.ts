import type { Destination, Intent } from '../intent/intent.ts';
import type { PhoneFacts } from '../kernel/numbering/facts.ts';
import type { Subject } from './subject.ts';

/** Builders for the tests of this folder. */
export const somebody: Subject = {
  key: 'key_1',
  app: 'app_1',
  account: 'account_1',
  vendor: 'acme',
  network: '127.0.0.1',
};

const germanMobile: PhoneFacts = {
  country: 'DE',
  lineType: 'mobile',
  premium: false,
  satellite: false,
  operator: null,
  valid: true,
};

export function phone(address: string, facts: Partial<PhoneFacts> = {}): Destination {
  return { kind: 'phone', address, phone: { ...germanMobile, ...facts } };
}

export function messageTo(destinations: readonly Destination[], more: Partial<Intent> = {}): Intent {
  return {
    vendor: 'acme',
    operation: 'CreateMessage',
    action: 'message.send',
    effects: ['write', 'spend'],
    channel: 'sms',
    destinations,
    sender: '+4915215550000',
    content: { segments: 1, encoding: 'gsm7', media: 0, text: 'hello' },
    callSeconds: null,
    extras: [],
    country: null,
    parameters: new Map(),
    callbacks: [],
    ...more,
  };
}

export const message = messageTo([phone('+4915215551234')]);
