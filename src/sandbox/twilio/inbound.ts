import { LONGEST_CALL } from '../calls.ts';
import type { InboundEvent, InboundResult } from '../core.ts';
import { callHooks } from './calls.ts';
import type { TwilioMessage } from './message.ts';
import { sendMessage } from './messages.ts';
import { signedForm } from './signature.ts';
import { API_VERSION, type TwilioServices, type TwilioState } from './state.ts';
import { readTwiml } from './twiml.ts';

/** A message or call from the network: the customer's URL is asked what to do, and it is done. */
export function receive(
  services: TwilioServices,
  state: TwilioState,
  event: InboundEvent,
): Promise<InboundResult> {
  const settings = services.world.inventory.find(event.to)?.settings ?? {};
  const configured = event.kind === 'message' ? settings['sms_url'] : settings['voice_url'];
  const url = event.url ?? configured ?? '';
  return event.kind === 'message'
    ? receiveMessage(services, state, { ...event, url })
    : receiveCall(services, state, { ...event, url });
}

type Addressed = InboundEvent & { readonly url: string };

async function receiveMessage(
  services: TwilioServices,
  state: TwilioState,
  event: Addressed,
): Promise<InboundResult> {
  const { world } = services;
  const sid = world.ids.sid('SM');
  const { from, to, text = '', url } = event;
  state.messages.add(inboundMessage(sid, event, world.now()));
  const parameters = {
    ToCountry: 'US',
    MessageSid: sid,
    SmsMessageSid: sid,
    SmsSid: sid,
    SmsStatus: 'received',
    AccountSid: state.account.id,
    ApiVersion: API_VERSION,
    NumMedia: '0',
    NumSegments: '1',
    From: from,
    To: to,
    Body: text,
  };
  const answer = await world.webhooks.fetch(signedForm(state.authToken, url, parameters));
  for (const step of readTwiml(answer?.body ?? '') ?? []) {
    if (step.kind !== 'message') continue;
    const extra = { media: 0, serviceSid: null, callback: null, sendAt: null };
    sendMessage(services, state, {
      to: step.to ?? from,
      from: to,
      body: step.text,
      direction: 'outbound-reply',
      ...extra,
    });
  }
  return { id: sid, status: answer?.status ?? null, body: answer?.body ?? '' };
}

function inboundMessage(sid: string, { from, to, text = '' }: InboundEvent, now: number): TwilioMessage {
  return {
    sid,
    from,
    to,
    body: text,
    direction: 'inbound',
    serviceSid: null,
    segments: 1,
    media: 0,
    createdAt: now,
    sentAt: now,
    deliveredAt: now,
    pricedAt: now,
    price: null,
    outcome: 'received',
    scheduled: false,
    canceled: false,
  };
}

/** Inbound minutes are free in the sandbox; legs that the instructions dial are not. */
async function receiveCall(
  services: TwilioServices,
  state: TwilioState,
  event: Addressed,
): Promise<InboundResult> {
  const { world } = services;
  const call = world.calls.start({
    id: world.ids.sid('CA'),
    account: state.account,
    from: event.from,
    to: event.to,
    direction: 'inbound',
    parent: null,
    script: (current) => current.hooks.load(current, event.url, 'POST'),
    hooks: callHooks(services, state),
    detail: {},
    timeoutSeconds: 60,
    limitSeconds: LONGEST_CALL,
    recordingId: null,
  });
  state.calls.add(call);
  return { id: call.id, status: null, body: '' };
}
