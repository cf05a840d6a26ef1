import { DISTINCT, mixed, NAMED, owned, paired } from '../shared/leak-pattern.ts';
import type { LeakRule } from '../leak-rule.ts';

const VENDOR = 'LiveKit';
const REMEDY =
  'Create a new key in the LiveKit project (or the keys of your own server), and delete this one.';
/** Twelve characters of an alphabet without 0, 1, I, O and l. */
const KEY = 'API[2-9A-HJ-NP-Za-km-z]{12}';

/** 32 random bytes in base62: 43 characters, rarely fewer or more. The name before it is part of the proof. */
export const leaks: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'livekit-api-secret',
    vendor: VENDOR,
    title: 'LiveKit API secret',
    form: '41 to 44 letters and digits of both cases beside the name',
    anchors: ['livekit'],
    pattern: owned({
      vendor: 'livekit',
      form: mixed(41, 44),
      end: '(?![A-Za-z0-9+/=_-])',
    }),
    remedy: REMEDY,
    examples: [
      'LIVEKIT_API_SECRET=hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2ABq4WmX6aPtG',
      'lk room list --url wss://x.livekit.cloud --api-secret Zk4WmX9aPq2RtV7bNc0LsD5gHj8FyE1uThV3nQ6zLw0',
      `livekit: { secret: "Zk4WmX9aPq2RtV7bNc0LsD5gHj8FyE1uThV3nQ6zLw0" }`,
    ],
    nearMisses: [
      'LIVEKIT_API_SECRET=rfv000000000000000000000000TVH10',
      'LIVEKIT_API_SECRET=your-livekit-api-secret-goes-here-please',
      'LIVEKIT_API_SECRET=${LIVEKIT_API_SECRET}',
      'LIVEKIT_API_KEY=APIaBcDeFgHjKmN',
      'LIVEKIT_API_SECRET=hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2ABq4WmX6aPtGZk4WmX9aPq2',
    ],
  },
  {
    ...DISTINCT,
    id: 'livekit-key-pair',
    vendor: VENDOR,
    title: 'LiveKit API key with its secret',
    form: '`API` and 12 characters, then 41 to 44 letters and digits',
    anchors: ['livekit', 'accesstoken', 'roomservice', '\nkeys:', '"keys"'],
    span: 256,
    pattern: paired(KEY, mixed(41, 44), '(?![A-Za-z0-9+/=_-])'),
    remedy: REMEDY,
    examples: [
      'rtc:\n  port: 7881\nkeys:\n  APIrT7mWq2ZkXc9: hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2ABq4WmX6aPtG',
      `new AccessToken('APIrT7mWq2ZkXc9', 'Zk4WmX9aPq2RtV7bNc0LsD5gHj8FyE1uThV3nQ6zLw0')`,
    ],
    nearMisses: [
      'keys:\n  APIrT7mWq2ZkXc9: ${LIVEKIT_API_SECRET}',
      `new AccessToken('APIrT7mWq2ZkXc9', process.env.LIVEKIT_API_SECRET)`,
      'keys:\n  APIO01mWq2ZkXc9: hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2ABq4WmX6aPtG',
    ],
  },
];
