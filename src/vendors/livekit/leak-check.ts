import { signJwt } from '../shared/jwt.ts';
import { active, revoked, unknown, type LeakCheck } from '../leak-check.ts';

const KEY = /^API[A-Za-z0-9]{6,40}$/;
/** Only the vendor's own cloud is asked: a host from a file that somebody else wrote could be any machine. */
const CLOUD = /^[a-z0-9][a-z0-9-]{0,62}\.livekit\.cloud$/;
const LIFE = 60;

/** Listing rooms is a POST without effect in the vendor's RPC scheme. */
export const leakChecks: readonly LeakCheck[] = [
  {
    rules: ['livekit-api-secret', 'livekit-key-pair'],
    near: { id: /\b(API[A-Za-z0-9]{10,16})\b/, host: /\b([a-z0-9][a-z0-9-]{0,62}\.livekit\.cloud)\b/ },
    requests({ secret, companions: { id = '', host = '' } }, now) {
      const server = host.toLowerCase().replace(/^(?:wss?|https?):\/\//, '');
      if (!KEY.test(id)) return 'It can be asked only together with its API key, which is not beside it.';
      if (!CLOUD.test(server)) return 'It can be asked only with the host of its LiveKit Cloud project.';
      const seconds = Math.floor(now / 1000);
      const claims = { iss: id, nbf: seconds - 10, exp: seconds + LIFE, video: { roomList: true } };
      return [
        {
          method: 'POST',
          host: server,
          path: '/twirp/livekit.RoomService/ListRooms',
          segments: ['twirp', 'livekit.RoomService', 'ListRooms'],
          query: '',
          headers: {
            'content-type': 'application/json',
            authorization: `Bearer ${signJwt(claims, 'HS256', secret.reveal())}`,
          },
          body: Buffer.from('{}'),
        },
      ];
    },
    judge([answer]) {
      if (answer?.status === 200)
        return active('The project accepts tokens that it signs.', [
          'rooms, participants, recordings, SIP calls',
        ]);
      return answer?.status === 401
        ? revoked('The project refuses tokens that it signs.')
        : unknown(`The vendor answered ${answer?.status ?? 'nothing'}.`);
    },
  },
];
