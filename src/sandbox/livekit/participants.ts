import { isObject, type JsonObject } from '../fields.ts';
import { field, textField, type Participant } from './state.ts';

export type Attributes = Readonly<Record<string, string>>;

/** A map of texts by its protobuf-JSON name. */
export function attributesField(request: JsonObject, name: string): Attributes {
  const given = field(request, name);
  const entries = Object.entries(isObject(given) ? given : {});
  return Object.fromEntries(entries.map(([key, value]) => [key, String(value)]));
}

/** Changes what the request names; an empty attribute goes. */
export function changeParticipant(participant: Participant, request: JsonObject): void {
  participant.name = textField(request, 'name') || participant.name;
  participant.metadata = textField(request, 'metadata') || participant.metadata;
  const attributes = { ...participant.attributes, ...attributesField(request, 'attributes') };
  participant.attributes = Object.fromEntries(Object.entries(attributes).filter(([, value]) => value !== ''));
  const permission = field(request, 'permission');
  if (isObject(permission)) participant.permission = permission;
}

export function participantView({
  sid,
  identity,
  name,
  joinedAt,
  metadata,
  attributes,
  permission,
  call,
}: Participant) {
  const phone = call === null ? {} : { 'sip.callID': call.id, 'sip.callStatus': call.status };
  return {
    sid,
    identity,
    name,
    state: 'ACTIVE',
    tracks: [],
    metadata,
    joinedAt: String(Math.floor(joinedAt / 1000)),
    joinedAtMs: String(joinedAt),
    kind: call === null ? 'STANDARD' : 'SIP',
    attributes: { ...attributes, ...phone },
    permission,
  };
}
