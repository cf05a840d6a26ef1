import assert from 'node:assert/strict';
import { test } from 'node:test';
import { verifyJwt } from '../shared/jwt.ts';
import { NOW, openAccount } from '../shared/wire-fixture.ts';
import { tokens } from './token.ts';

const SECONDS = NOW / 1000;
const virtualKey = 'API0123456789ab';
const account = openAccount({ apiKey: 'APIrealkey' }, { apiSecret: 'real-secret-of-the-project' });

const JOIN = {
  iss: virtualKey,
  sub: 'alice',
  name: 'Alice',
  metadata: 'm',
  attributes: { k: 'v' },
  nbf: SECONDS,
  exp: SECONDS + 600,
  video: {
    roomJoin: true,
    room: 'room1',
    canPublish: true,
    canPublishData: false,
    canPublishSources: ['camera'],
  },
};
const exchanged = (claims: object) => {
  const token = tokens.exchange({ ...JOIN, ...claims }, account, NOW);
  return token === null
    ? null
    : verifyJwt(token, { algorithm: 'HS256', key: 'real-secret-of-the-project', now: NOW });
};

test('the token of a participant is signed for the real key with the same grants', () => {
  const claims = exchanged({});
  assert.deepEqual(claims?.['video'], JOIN.video);
  assert.deepEqual([claims?.['name'], claims?.['metadata']], ['Alice', 'm']);
  assert.deepEqual(
    [claims?.['iss'], claims?.['sub'], claims?.['attributes'], claims?.['exp']],
    ['APIrealkey', 'alice', { k: 'v' }, JOIN.exp],
  );
  assert.equal(exchanged({ exp: SECONDS + 1_000_000 })?.['exp'], SECONDS + 21_600);
});

test('a token that asks for more than a participant may have is refused', () => {
  const video = (more: object) => ({ video: { ...JOIN.video, ...more } });
  const refused: Record<string, object> = {
    'no identity': { sub: '' },
    'every room': video({ room: '' }),
    'no join': video({ roomJoin: false }),
    administration: video({ roomAdmin: true }),
    'creating rooms': video({ roomCreate: true }),
    recording: video({ roomRecord: true }),
    'being hidden': video({ hidden: true }),
    'an agent': video({ agent: true }),
    'a source that is not known': video({ canPublishSources: ['camera', 'everything'] }),
    'a grant that is not known': video({ canDoMore: true }),
    calls: { sip: { call: true } },
    inference: { inference: { perform: true } },
    'a room with a recording': { roomConfig: { egress: {} } },
    'a preset': { roomPreset: 'p' },
    'another kind': { kind: 'agent' },
    'no end': { exp: undefined },
    'an end in the past': { exp: SECONDS },
    'attributes that are no texts': { attributes: { k: 1 } },
  };
  for (const [why, claims] of Object.entries(refused)) assert.equal(exchanged(claims), null, why);
  assert.ok(exchanged(video({ roomAdmin: false, hidden: false })), 'what is off does no harm');
});
