import { LONGEST_CALL } from '../calls.ts';
import type { InboundEvent, InboundResult } from '../core.ts';
import { callHooks } from './calls.ts';
import { signedJson, signedSms } from './signing.ts';
import { bare, capabilityHook, type Application, type VonageServices, type VonageState } from './state.ts';

/** A message or call from the network, told to the customer's webhook. */
export function receive(
  services: VonageServices,
  state: VonageState,
  event: InboundEvent,
): Promise<InboundResult> {
  const [application] = state.applications.values();
  return event.kind === 'call'
    ? Promise.resolve(receiveCall(services, state, { event, application }))
    : receiveMessage(services, state, { event, application });
}

interface Arrival {
  readonly event: InboundEvent;
  readonly application: Application | undefined;
}

function receiveCall(
  services: VonageServices,
  state: VonageState,
  { event, application }: Arrival,
): InboundResult {
  const { calls, ids } = services.world;
  const url = event.url ?? capabilityHook(application, 'voice', 'answer_url');
  const call = calls.start({
    id: ids.uuid(),
    account: state.account,
    from: event.from,
    to: event.to,
    direction: 'inbound',
    parent: null,
    script: (current) => current.hooks.load(current, url, 'GET'),
    hooks: callHooks(services, state, application),
    detail: {
      conversation: `CON-${ids.uuid()}`,
      eventUrl: capabilityHook(application, 'voice', 'event_url'),
    },
    timeoutSeconds: 60,
    limitSeconds: LONGEST_CALL,
    recordingId: null,
  });
  state.calls.add(call);
  return { id: call.id, status: null, body: '' };
}

/** To the application's webhook when there is one, else to the account's as the SMS API does. */
async function receiveMessage(
  { world }: VonageServices,
  state: VonageState,
  { event, application }: Arrival,
): Promise<InboundResult> {
  const signer = { world, state, application };
  const id = world.ids.uuid();
  const { text = '' } = event;
  const [from, to] = [bare(event.from), bare(event.to)];
  const timestamp = new Date(world.now()).toISOString();
  const url = event.url ?? capabilityHook(application, 'messages', 'inbound_url');
  const request =
    url === ''
      ? signedSms(signer, state.hooks.inbound, {
          msisdn: from,
          to,
          messageId: id,
          text,
          type: 'text',
          keyword: text.split(' ')[0] ?? '',
          'message-timestamp': timestamp.slice(0, 19).replace('T', ' '),
        })
      : signedJson(signer, url, {
          to,
          from,
          channel: 'sms',
          message_uuid: id,
          timestamp,
          message_type: 'text',
          text,
        });
  const answer = await world.webhooks.fetch(request);
  return { id, status: answer?.status ?? null, body: answer?.body ?? '' };
}
