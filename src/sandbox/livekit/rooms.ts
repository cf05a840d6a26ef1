import { json } from '../core.ts';
import { wholeNumber, type JsonObject } from '../fields.ts';
import { endRoomEgress } from './egress.ts';
import { changeParticipant, participantView } from './participants.ts';
import {
  field,
  report,
  textField,
  twirpError,
  type Grants,
  type LiveKitServices,
  type LiveKitState,
  type Method,
  type Participant,
  type Room,
} from './state.ts';

const EMPTY_TIMEOUT = 300;

const has =
  (grant: string) =>
  ({ video }: Grants): boolean =>
    video[grant] === true;

/** The token must administer the very room that the request names. */
const administers: Method['allowed'] = ({ video }, request) =>
  video['roomAdmin'] === true && video['room'] === textField(request, 'room');

interface Asked {
  readonly state: LiveKitState;
  readonly room: Room;
  readonly participant: Participant;
  readonly request: JsonObject;
}

export function roomMethods(services: LiveKitServices): Readonly<Record<string, Method>> {
  const inRoom = (
    run: (
      state: LiveKitState,
      room: Room,
      request: Parameters<Method['run']>[1],
    ) => ReturnType<Method['run']>,
  ): Method => ({
    allowed: administers,
    run(state, request) {
      const room = state.rooms.get(textField(request, 'room'));
      return room === undefined
        ? twirpError('not_found', 'requested room does not exist')
        : run(state, room, request);
    },
  });
  const ofParticipant = (run: (asked: Asked) => unknown): Method =>
    inRoom((state, room, request) => {
      const participant = room.participants.get(textField(request, 'identity'));
      if (participant === undefined) return twirpError('not_found', 'participant does not exist');
      return json(200, run({ state, room, participant, request }) ?? {});
    });
  return {
    'RoomService/CreateRoom': {
      allowed: has('roomCreate'),
      run: (state, request) =>
        json(200, roomView(openRoom(services, state, textField(request, 'name'), request))),
    },
    'RoomService/ListRooms': {
      allowed: has('roomList'),
      run(state, request) {
        const names = field(request, 'names');
        const wanted = Array.isArray(names) && names.length > 0 ? new Set(names) : null;
        const rooms = [...state.rooms.values()].filter(({ name }) => wanted === null || wanted.has(name));
        return json(200, { rooms: rooms.map(roomView) });
      },
    },
    'RoomService/DeleteRoom': {
      allowed: has('roomCreate'),
      run(state, request) {
        const room = state.rooms.get(textField(request, 'room'));
        if (room === undefined) return twirpError('not_found', 'requested room does not exist');
        closeRoom(services, state, room);
        return json(200, {});
      },
    },
    'RoomService/ListParticipants': inRoom((_state, { participants }) =>
      json(200, { participants: [...participants.values()].map(participantView) }),
    ),
    'RoomService/GetParticipant': ofParticipant(({ participant }) => participantView(participant)),
    'RoomService/RemoveParticipant': ofParticipant(({ state, room, participant }) => {
      leave(services, state, { room, participant });
    }),
    'RoomService/UpdateParticipant': ofParticipant(({ participant, request }) => {
      changeParticipant(participant, request);
      return participantView(participant);
    }),
    'RoomService/UpdateRoomMetadata': inRoom((_state, room, request) => {
      room.metadata = textField(request, 'metadata');
      return json(200, roomView(room));
    }),
    'RoomService/MutePublishedTrack': ofParticipant(({ request }) => ({
      track: { sid: textField(request, 'trackSid'), muted: field(request, 'muted') === true },
    })),
    'RoomService/UpdateSubscriptions': ofParticipant(() => ({})),
    'RoomService/SendData': inRoom(() => json(200, {})),
  };
}

/** The room of that name, made when it does not exist yet. */
export function openRoom(
  services: LiveKitServices,
  state: LiveKitState,
  name: string,
  request: Parameters<typeof field>[0],
): Room {
  const known = state.rooms.get(name);
  if (known !== undefined) return known;
  const { ids, now } = services.world;
  const room: Room = {
    sid: `RM_${ids.alphanumeric(12)}`,
    name: name === '' ? `room-${ids.hex(8)}` : name,
    createdAt: now(),
    emptyTimeout: wholeNumber(textField(request, 'emptyTimeout'), EMPTY_TIMEOUT, 0, 86_400),
    maxParticipants: wholeNumber(textField(request, 'maxParticipants'), 0, 0, 100_000),
    metadata: textField(request, 'metadata'),
    participants: new Map(),
  };
  state.rooms.set(room.name, room);
  report(services, state, { event: 'room_started', room: roomView(room) });
  return room;
}

/** Ends a room with everybody in it; phone legs are hung up. */
function closeRoom(services: LiveKitServices, state: LiveKitState, room: Room): void {
  for (const participant of room.participants.values()) leave(services, state, { room, participant });
  endRoomEgress(services, state, room.name);
  state.rooms.delete(room.name);
  report(services, state, { event: 'room_finished', room: roomView(room) });
}

interface Leaving {
  readonly room: Room;
  readonly participant: Participant;
}

export function leave(services: LiveKitServices, state: LiveKitState, { room, participant }: Leaving): void {
  if (!room.participants.delete(participant.identity)) return;
  if (participant.call !== null) services.world.calls.hangUp(participant.call);
  report(services, state, {
    event: 'participant_left',
    room: roomView(room),
    participant: participantView(participant),
  });
}

export function roomView({
  sid,
  name,
  createdAt,
  emptyTimeout,
  maxParticipants,
  metadata,
  participants,
}: Room) {
  return {
    sid,
    name,
    emptyTimeout,
    maxParticipants,
    creationTime: String(Math.floor(createdAt / 1000)),
    creationTimeMs: String(createdAt),
    turnPassword: '',
    enabledCodecs: [],
    metadata,
    numParticipants: participants.size,
    numPublishers: 0,
    activeRecording: false,
  };
}
