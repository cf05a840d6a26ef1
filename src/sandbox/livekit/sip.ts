import { LONGEST_CALL, type CallHooks, type PhoneCall } from '../calls.ts';
import { json, type Reply } from '../core.ts';
import { isObject, type JsonObject } from '../fields.ts';
import { attributesField, participantView } from './participants.ts';
import { leave, openRoom, roomView } from './rooms.ts';
import {
  durationField,
  field,
  report,
  textField,
  twirpError,
  type LiveKitServices,
  type LiveKitState,
  type Method,
  type Participant,
  type Room,
} from './state.ts';

const RINGS = 30;
/** Somebody who dialled in or out stays until hung up; the sandbox ends the call after its usual talk time. */
const PHONE = /^\+?[1-9]\d{6,14}$/;

const manages: Method['allowed'] = ({ sip }) => sip['admin'] === true;
const calls: Method['allowed'] = ({ sip }) => sip['call'] === true;

export function sipMethods(services: LiveKitServices): Readonly<Record<string, Method>> {
  return {
    ...storeMethods(services, trunks('SIPInboundTrunk')),
    ...storeMethods(services, trunks('SIPOutboundTrunk')),
    ...storeMethods(services, {
      noun: 'SIPDispatchRule',
      prefix: 'SDR_',
      id: 'sipDispatchRuleId',
      kept: '',
      of: (state) => state.rules,
    }),
    'SIP/DeleteSIPTrunk': {
      allowed: manages,
      run: (state, request) => drop(state.trunks, textField(request, 'sipTrunkId')),
    },
    'SIP/DeleteSIPDispatchRule': {
      allowed: manages,
      run: (state, request) => drop(state.rules, textField(request, 'sipDispatchRuleId')),
    },
    'SIP/CreateSIPParticipant': {
      allowed: calls,
      run: (state, request) => dialOut(services, state, request),
    },
    'SIP/TransferSIPParticipant': {
      allowed: (grants, request) =>
        calls(grants, request) &&
        grants.video['roomAdmin'] === true &&
        grants.video['room'] === textField(request, 'roomName'),
      run: (state, request) => transfer(services, state, request),
    },
  };
}

interface Store {
  readonly noun: string;
  readonly prefix: string;
  readonly id: string;
  /** Field of the request that holds the resource; empty: the request itself. */
  readonly kept: string;
  readonly of: (state: LiveKitState) => Map<string, JsonObject>;
}

function trunks(noun: string): Store {
  const of: Store['of'] = (state) => state.trunks;
  return { noun, prefix: 'ST_', id: 'sipTrunkId', kept: 'trunk', of };
}

function storeMethods(
  { world }: LiveKitServices,
  { noun, prefix, id, kept, of }: Store,
): Readonly<Record<string, Method>> {
  return {
    [`SIP/Create${noun}`]: {
      allowed: manages,
      run(state, request) {
        const given = kept === '' ? request : field(request, kept);
        const key = prefix + world.ids.alphanumeric(12);
        const value = { ...(isObject(given) ? given : {}), [id]: key };
        of(state).set(key, { ...value, noun });
        return json(200, value);
      },
    },
    [`SIP/List${noun}`]: {
      allowed: manages,
      run: (state, request) =>
        json(200, {
          items: [...of(state).values()]
            .filter((one) => one['noun'] === noun && isAsked(one, request, id))
            .map(({ noun: _noun, ...value }) => value),
        }),
    },
  };
}

/** Lists may be cut to some ids, and to some numbers. */
function isAsked(one: JsonObject, request: JsonObject, id: string): boolean {
  const ids = listed(request, id === 'sipTrunkId' ? 'trunkIds' : 'dispatchRuleIds');
  const numbers = listed(request, 'numbers');
  const own = listed(one, 'numbers');
  return (
    (ids.length === 0 || ids.includes(one[id])) &&
    (numbers.length === 0 || own.some((number) => numbers.includes(number)))
  );
}

function listed(object: JsonObject, name: string): readonly unknown[] {
  const value = field(object, name);
  return Array.isArray(value) ? value : [];
}

function drop(store: Map<string, JsonObject>, id: string): Reply {
  const value = store.get(id);
  if (value === undefined) return twirpError('not_found', 'requested sip resource does not exist');
  store.delete(id);
  const { noun: _noun, ...rest } = value;
  return json(200, rest);
}

/** Dials a phone into a room. With `waitUntilAnswered` the answer waits for the phone. */
function dialOut(
  services: LiveKitServices,
  state: LiveKitState,
  request: JsonObject,
): Reply | Promise<Reply> {
  const trunk = state.trunks.get(textField(request, 'sipTrunkId'));
  const to = textField(request, 'sipCallTo');
  const roomName = textField(request, 'roomName');
  if (trunk === undefined && !isObject(field(request, 'trunk')))
    return twirpError('not_found', 'requested sip trunk does not exist');
  if (!PHONE.test(to) && !to.startsWith('sip:'))
    return twirpError('invalid_argument', 'sip_call_to is not valid');
  if (roomName === '') return twirpError('invalid_argument', 'room_name is required');
  const { ids, calls: engine } = services.world;
  const room = openRoom(services, state, roomName, {});
  const identity = textField(request, 'participantIdentity') || `sip_${ids.hex(8)}`;
  const sid = `PA_${ids.alphanumeric(12)}`;
  const numbers = field(trunk ?? {}, 'numbers');
  const from = textField(request, 'sipNumber') || (Array.isArray(numbers) ? String(numbers[0] ?? '') : '');
  const join = (call: PhoneCall): void => {
    const participant = { ...described(request), sid, identity, joinedAt: services.world.now(), call };
    if (call.status === 'in-progress') enter(services, state, { room, participant });
    else if (call.endedAt !== null) leave(services, state, { room, participant });
  };
  const waiting = field(request, 'waitUntilAnswered') === true ? answered() : null;
  const call = engine.start({
    id: `SCL_${ids.alphanumeric(12)}`,
    account: state.account,
    from,
    to: to.startsWith('sip:') || to.startsWith('+') ? to : `+${to}`,
    direction: 'outbound-api',
    parent: null,
    script: () => [{ kind: 'wait', seconds: services.world.settings.talkSeconds }],
    hooks: sipHooks(services, state, (changed) => {
      join(changed);
      waiting?.changed(changed);
    }),
    detail: {},
    timeoutSeconds: durationField(request, 'ringingTimeout', RINGS),
    limitSeconds: durationField(request, 'maxCallDuration', LONGEST_CALL),
    recordingId: null,
  });
  state.calls.add(call);
  const info = { participantId: sid, participantIdentity: identity, roomName, sipCallId: call.id };
  return waiting === null ? json(200, info) : waiting.result.then((problem) => problem ?? json(200, info));
}

/** What a request says of the participant whom it brings. */
function described(
  request: JsonObject,
): Pick<Participant, 'name' | 'metadata' | 'attributes' | 'permission'> {
  return {
    name: textField(request, 'participantName'),
    metadata: textField(request, 'participantMetadata'),
    attributes: attributesField(request, 'participantAttributes'),
    permission: { canSubscribe: true, canPublish: true, canPublishData: true },
  };
}

/** Resolves when a call is answered (null) or ends without (the error). */
function answered() {
  const { promise, resolve } = Promise.withResolvers<Reply | null>();
  return {
    result: promise,
    changed({ status, endedAt }: PhoneCall) {
      if (status === 'in-progress') resolve(null);
      if (endedAt === null) return;
      const [code, reason] = status === 'busy' ? ['486', 'Busy Here'] : ['480', 'Temporarily Unavailable'];
      resolve(
        twirpError('resource_exhausted', `sip status: ${code}`, {
          sip_status_code: code,
          sip_status: reason,
        }),
      );
    },
  };
}

function enter(
  services: LiveKitServices,
  state: LiveKitState,
  { room, participant }: { readonly room: Room; readonly participant: Participant },
): void {
  room.participants.set(participant.identity, participant);
  report(services, state, {
    event: 'participant_joined',
    room: roomView(room),
    participant: participantView(participant),
  });
}

function sipHooks(
  { world }: LiveKitServices,
  state: LiveKitState,
  changed: (call: PhoneCall) => void,
): CallHooks {
  return {
    newId: () => `SCL_${world.ids.alphanumeric(12)}`,
    opened: (call) => state.calls.add(call),
    changed: (call) => (call.parent === null ? changed(call) : undefined),
    load: () => null,
    message() {},
    recorded() {},
  };
}

/** A second, charged leg that a participant is sent to. */
function transfer({ world }: LiveKitServices, state: LiveKitState, request: JsonObject): Reply {
  const room = state.rooms.get(textField(request, 'roomName'));
  const participant = room?.participants.get(textField(request, 'participantIdentity'));
  const to = textField(request, 'transferTo').replace(/^tel:/, '');
  if (participant === undefined || participant.call === null)
    return twirpError('not_found', 'participant does not exist');
  if (!PHONE.test(to) && !to.startsWith('sip:'))
    return twirpError('invalid_argument', 'transfer_to is not valid');
  world.calls.redirect(participant.call, () => [
    {
      kind: 'dial',
      targets: [to],
      from: null,
      timeoutSeconds: durationField(request, 'ringingTimeout', RINGS),
      limitSeconds: null,
    },
  ]);
  return json(200, {});
}
