import type { PhoneCall } from '../calls.ts';
import type { Recording } from '../recordings.ts';
import { isoTime } from './state.ts';

const API = 'api.telnyx.com';

/** A call as the vendor shows it; a transferred leg has the session of the call that it came from. */
export function callView(call: PhoneCall) {
  const { detail } = call.parent ?? call;
  return {
    record_type: 'call',
    call_control_id: call.id,
    call_leg_id: call.detail['leg'] ?? call.id,
    call_session_id: detail['session'],
    connection_id: detail['connection'],
    client_state: detail['clientState'] === '' ? null : detail['clientState'],
    ...(call.recordingId === null ? {} : { recording_id: call.recordingId }),
    is_alive: call.endedAt === null,
    call_duration: call.duration,
    start_time: call.answeredAt === null ? null : isoTime(call.answeredAt),
    end_time: call.endedAt === null ? null : isoTime(call.endedAt),
  };
}

export const downloadUrl = ({ id }: Recording): string => `https://${API}/v2/recordings/${id}/download`;

export function recordingView(recording: Recording): unknown {
  const { id, callId, createdAt, seconds } = recording;
  return {
    id,
    record_type: 'recording',
    call_control_id: callId,
    channels: 'single',
    created_at: isoTime(createdAt),
    updated_at: isoTime(createdAt),
    download_urls: { wav: downloadUrl(recording) },
    duration_millis: seconds * 1000,
    recording_started_at: isoTime(createdAt - seconds * 1000),
    recording_ended_at: isoTime(createdAt),
    source: 'call',
    status: 'completed',
  };
}
