import { isObject, text } from '../fields.ts';
import { documentsOf, type DocumentKind } from './documents.ts';
import { sendMessage } from './messages.ts';
import type { Document, TwilioServices, TwilioState } from './state.ts';

/** The simple resources of the vendor that the sandbox keeps. */
export function documentKinds(services: TwilioServices): readonly DocumentKind[] {
  const account = '/2010-04-01/Accounts/{account}';
  const conversations = 'conversations.twilio.com';
  const conversation = '/v1/Conversations/{conversation}';
  const kind = (
    host: string,
    path: string,
    prefix: string,
    key: string,
    required: readonly string[] = [],
  ) => ({
    host,
    path,
    prefix,
    key,
    required,
  });
  return [
    kind('verify.twilio.com', '/v2/Services', 'VA', 'services', ['friendly_name']),
    kind('messaging.twilio.com', '/v1/Services', 'MG', 'services', ['friendly_name']),
    kind('messaging.twilio.com', '/v1/Services/{service}/PhoneNumbers', 'PN', 'phone_numbers', [
      'phone_number_sid',
    ]),
    kind('content.twilio.com', '/v1/Content', 'HX', 'contents', ['types']),
    kind(conversations, '/v1/Conversations', 'CH', 'conversations'),
    kind(conversations, `${conversation}/Participants`, 'MB', 'participants'),
    {
      ...kind(conversations, `${conversation}/Messages`, 'IM', 'messages'),
      created: (state, document, { params }) =>
        sendToParticipants(services, state, params['conversation'] ?? '', document),
    },
    kind('monitor.twilio.com', '/v1/Alerts', 'NO', 'alerts'),
    kind('monitor.twilio.com', '/v1/Events', 'AE', 'events'),
    kind('api.twilio.com', `${account}/Applications`, 'AP', 'applications'),
    kind('api.twilio.com', `${account}/Usage/Triggers`, 'UT', 'usage_triggers', [
      'usage_category',
      'trigger_value',
    ]),
  ];
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
