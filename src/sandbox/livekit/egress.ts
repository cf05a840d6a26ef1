import { timedAmount } from '../amounts.ts';
import { json } from '../core.ts';
import {
  field,
  report,
  textField,
  twirpError,
  type Egress,
  type LiveKitServices,
  type LiveKitState,
  type Method,
} from './state.ts';

const STARTERS = [
  'StartRoomCompositeEgress',
  'StartWebEgress',
  'StartParticipantEgress',
  'StartTrackCompositeEgress',
  'StartTrackEgress',
  'StartEgress',
];

const records: Method['allowed'] = ({ video }) => video['roomRecord'] === true;

/** Recording and streaming. Charged by started minute when it ends. */
export function egressMethods(services: LiveKitServices): Readonly<Record<string, Method>> {
  const start: Method = {
    allowed: records,
    run(state, request) {
      const { ids, now } = services.world;
      const egress = {
        id: `EG_${ids.alphanumeric(12)}`,
        room: textField(request, 'roomName'),
        startedAt: now(),
        endedAt: null,
      };
      state.egress.add(egress);
      report(services, state, { event: 'egress_started', egressInfo: view(state, egress) });
      return json(200, view(state, egress));
    },
  };
  return {
    ...Object.fromEntries(STARTERS.map((name) => [`Egress/${name}`, start])),
    'Egress/StopEgress': {
      allowed: records,
      run(state, request) {
        const egress = state.egress.get(textField(request, 'egressId'));
        if (egress === undefined) return twirpError('not_found', 'egress does not exist');
        if (egress.endedAt !== null) return twirpError('failed_precondition', 'egress is not active');
        end(services, state, egress);
        return json(200, view(state, egress));
      },
    },
    'Egress/ListEgress': {
      allowed: records,
      run(state, request) {
        const [room, id] = [textField(request, 'roomName'), textField(request, 'egressId')];
        const running = field(request, 'active') === true;
        const items = state.egress
          .all()
          .filter((one) => (room === '' || one.room === room) && (id === '' || one.id === id))
          .filter((one) => !running || one.endedAt === null);
        return json(200, { items: items.map((one) => view(state, one)) });
      },
    },
  };
}

export function endRoomEgress(services: LiveKitServices, state: LiveKitState, room: string): void {
  for (const egress of state.egress.all())
    if (egress.room === room && egress.endedAt === null) end(services, state, egress);
}

function end(services: LiveKitServices, state: LiveKitState, egress: Egress): void {
  const { bill, now, prices } = services.world;
  const at = now();
  egress.endedAt = at;
  const seconds = Math.max(1, Math.ceil((at - egress.startedAt) / 1000));
  const amount = timedAmount(prices.price('livekit', 'recording.start', null), seconds);
  const terms = { item: 'recording.start', to: null, units: Math.ceil(seconds / 60), amount };
  bill.charge({ account: state.account, resource: egress.id, ...terms, at, finalAt: at });
  report(services, state, { event: 'egress_ended', egressInfo: view(state, egress) });
}

/** Times are nanoseconds. */
function view(state: LiveKitState, { id, room, startedAt, endedAt }: Egress) {
  const nanoseconds = (time: number) => String(BigInt(time) * 1_000_000n);
  return {
    egressId: id,
    roomId: state.rooms.get(room)?.sid ?? '',
    roomName: room,
    status: endedAt === null ? 'EGRESS_ACTIVE' : 'EGRESS_COMPLETE',
    startedAt: nanoseconds(startedAt),
    endedAt: endedAt === null ? '0' : nanoseconds(endedAt),
    updatedAt: nanoseconds(endedAt ?? startedAt),
  };
}
