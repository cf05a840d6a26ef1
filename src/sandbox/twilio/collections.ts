import { isObject, text } from '../fields.ts';
import { documentsOf, type DocumentKind } from './documents.ts';
import { sendMessage } from './messages.ts';
import type { Document, TwilioServices, TwilioState } from './state.ts';

const ACCOUNT = '/2010-04-01/Accounts/{account}';
const CONVERSATION = '/v1/Conversations/{conversation}';

/** Host, path, prefix of ids, name of the array in lists, required parameters. */
const KINDS: readonly (readonly [string, string, string, string, readonly string[]])[] = [
  ['verify.twilio.com', '/v2/Services', 'VA', 'services', ['friendly_name']],
  ['messaging.twilio.com', '/v1/Services', 'MG', 'services', ['friendly_name']],
  [
    'messaging.twilio.com',
    '/v1/Services/{service}/PhoneNumbers',
    'PN',
    'phone_numbers',
    ['phone_number_sid'],
  ],
  ['content.twilio.com', '/v1/Content', 'HX', 'contents', ['types']],
  ['conversations.twilio.com', '/v1/Conversations', 'CH', 'conversations', []],
  ['conversations.twilio.com', `${CONVERSATION}/Participants`, 'MB', 'participants', []],
  ['monitor.twilio.com', '/v1/Alerts', 'NO', 'alerts', []],
  ['monitor.twilio.com', '/v1/Events', 'AE', 'events', []],
  ['api.twilio.com', `${ACCOUNT}/Applications`, 'AP', 'applications', []],
  [
    'api.twilio.com',
    `${ACCOUNT}/Usage/Triggers`,
    'UT',
    'usage_triggers',
    ['usage_category', 'trigger_value'],
  ],
];

/** The simple resources of the vendor that the sandbox keeps. */
export function documentKinds(services: TwilioServices): readonly DocumentKind[] {
  const plain = KINDS.map(([host, path, prefix, key, required]) => ({ host, path, prefix, key, required }));
  const messages: DocumentKind = {
    host: 'conversations.twilio.com',
    path: `${CONVERSATION}/Messages`,
    prefix: 'IM',
    key: 'messages',
    required: [],
    created: (state, document, { params }) =>
      sendToParticipants(services, state, params['conversation'] ?? '', document),
  };
  return [...plain, messages];
}

/** A message in a conversation reaches its SMS participants as charged messages: a hidden way to send. */
function sendToParticipants(
  services: TwilioServices,
  state: TwilioState,
  conversation: string,
  message: Document,
): void {
  const participants = documentsOf(services, state, `/v1/Conversations/${conversation}/Participants`);
  for (const { values } of participants.all()) {
    const binding = values['messaging_binding'];
    const address = isObject(binding) ? text(binding, 'address') : undefined;
    if (address === undefined || !isObject(binding)) continue;
    const from = text(binding, 'proxy_address') ?? null;
    const extra = {
      media: 0,
      serviceSid: null,
      callback: null,
      sendAt: null,
      direction: 'outbound-api' as const,
    };
    sendMessage(services, state, { to: address, from, body: text(message.values, 'body') ?? '', ...extra });
  }
}
