import type { CallHooks, CallStatus, PhoneCall } from '../calls.ts';
import { downloadUrl, callView } from './call-view.ts';
import { isoTime, signedEvent, type TelnyxServices, type TelnyxState } from './state.ts';

const EVENTS: Readonly<Record<CallStatus, string>> = {
  queued: 'call.initiated',
  ringing: 'call.initiated',
  'in-progress': 'call.answered',
  completed: 'call.hangup',
  busy: 'call.hangup',
  failed: 'call.hangup',
  'no-answer': 'call.hangup',
  canceled: 'call.hangup',
};

/** The names of the states in the payloads of the events above. */
const stateOf = ({ status, direction }: PhoneCall): string => {
  if (status === 'in-progress') return 'answered';
  if (EVENTS[status] === 'call.hangup') return 'hangup';
  return direction === 'inbound' ? 'parked' : 'bridging';
};

const CAUSES: Readonly<Partial<Record<CallStatus, string>>> = {
  completed: 'normal_clearing',
  busy: 'user_busy',
  failed: 'unspecified',
  'no-answer': 'timeout',
  canceled: 'originator_cancel',
};

/** What the call engine reports, as signed events to the call's own or its connection's URL. */
export function callHooks(services: TelnyxServices, state: TelnyxState): CallHooks {
  const { world } = services;
  const report = (call: PhoneCall, type: string, extra: Readonly<Record<string, unknown>>) => {
    const url = (call.parent ?? call).detail['webhookUrl'] ?? '';
    if (url === '') return;
    const event = {
      id: world.ids.uuid(),
      type,
      payload: { ...callView(call), from: call.from, to: call.to, ...extra },
    };
    const build = () => signedEvent(world, state, url, event);
    world.webhooks.deliver({ label: `telnyx ${type}`, retries: 3, build });
  };
  return {
    newId: () => controlId(services),
    opened: (call) => state.calls.add(call),
    changed(call) {
      const cause = CAUSES[call.status];
      const ended = { hangup_cause: cause, hangup_source: 'callee', end_time: isoTime(call.endedAt ?? 0) };
      report(call, EVENTS[call.status], {
        state: stateOf(call),
        direction: call.direction === 'inbound' ? 'incoming' : 'outgoing',
        ...(cause === undefined ? {} : ended),
      });
    },
    load: () => null,
    message() {},
    recorded(call, { id, seconds }) {
      const recording = world.recordings.add(id ?? world.ids.uuid(), call, seconds);
      report(call, 'call.recording.saved', {
        recording_id: recording.id,
        recording_urls: { wav: downloadUrl(recording) },
      });
    },
  };
}

/** A fresh call control id. */
export const controlId = ({ world }: TelnyxServices): string => `v3:${world.ids.alphanumeric(56)}`;
