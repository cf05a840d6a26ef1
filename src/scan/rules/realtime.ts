import {
  DISTINCT,
  distinct,
  hex,
  NAMED,
  owned,
  SECRET_NAME,
  urlSafe,
} from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { digitsOf, hexOf, lowerOf, mixedOf, notHere, urlSafeOf, uuidOf } from './example-values.ts';

const pubnub = (salt: number): string => `sec-c-${Buffer.from(uuidOf(salt)).toString('base64')}`;
const ably = (salt: number): string => `${mixedOf(6, salt)}.${mixedOf(5, salt)}w:${urlSafeOf(42, salt)}A`;
const azure = (salt: number): string => Buffer.from(hexOf(128, salt), 'hex').toString('base64');
const azureHost = 'endpoint=https://shop.communication.azure.com/';

/** Channels, presence and in-app chat. */
export const REALTIME_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'pubnub-secret-key',
    vendor: 'PubNub',
    title: 'PubNub secret key',
    form: '`sec-c-` and 48 base64 characters, the text of a UUID',
    anchors: ['sec-c-'],
    pattern: distinct('sec-c-[A-Za-z0-9+/]{48}', '(?![A-Za-z0-9+/=])'),
    structure: 'uuid-text-base64',
    structureDecides: true,
    remedy: 'Add a new key set in the PubNub admin portal, move the apps to it, and remove this one.',
    examples: [`PUBNUB_SECRET_KEY=${pubnub(1)}`, `new PubNub({ secretKey: '${pubnub(2)}' })`],
    nearMisses: [
      ...notHere('PUBNUB_SECRET_KEY'),
      `PUBNUB_PUBLISH_KEY=pub-c-${uuidOf(1)}`,
      `PUBNUB_SUBSCRIBE_KEY=sub-c-${uuidOf(1)}`,
      `PUBNUB_SECRET_KEY=${pubnub(1).slice(0, -1)}`,
      `PUBNUB_SECRET_KEY=sec-c-${mixedOf(48, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'sendbird-api-token',
    vendor: 'Sendbird',
    title: 'Sendbird API token',
    form: '40 lower-case hexadecimal digits beside the name',
    anchors: ['sendbird', 'send_bird'],
    pattern: owned({
      vendor: 'send_?bird',
      names: 'master[_.\\- ]?(?:api[_.\\- ]?)?token',
      form: hex(40),
    }),
    remedy: 'Issue a secondary API token in the Sendbird dashboard and revoke this one.',
    examples: [
      `SENDBIRD_API_TOKEN=${hexOf(40, 1)}`,
      `curl -H "Api-Token: ${hexOf(40, 2)}" https://api-APP.sendbird.com/v3/users`,
    ],
    nearMisses: [
      ...notHere('SENDBIRD_API_TOKEN'),
      `SENDBIRD_APP_ID=${uuidOf(1).toUpperCase()}`,
      `sendbird commit ${hexOf(40, 1)}`,
      `SENDBIRD_API_TOKEN=${hexOf(41, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'sendbird-organization-key',
    vendor: 'Sendbird',
    title: 'Sendbird organisation API key',
    form: '24 lower-case hexadecimal digits beside the name',
    anchors: ['sendbird', 'send_bird'],
    pattern: owned({
      vendor: 'send_?bird',
      names: String.raw`org(?:ani(?:s|z)ation)?[_.\- ]?(?:api[_.\- ]?)?(?:key|token)`,
      form: hex(24),
    }),
    remedy: 'Reissue the organisation API key in the Sendbird dashboard.',
    examples: [
      `SENDBIRD_ORG_API_KEY=${hexOf(24, 1)}`,
      `sendbird:\n  organization_api_key: "${hexOf(24, 2)}"`,
    ],
    nearMisses: [
      ...notHere('SENDBIRD_ORG_API_KEY'),
      `SENDBIRD_ORG_ID=${hexOf(24, 1)}`,
      `SENDBIRD_ORG_API_KEY=${hexOf(25, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'pusher-secret',
    vendor: 'Pusher',
    title: 'Pusher app secret',
    form: '20 lower-case letters and digits beside the name',
    anchors: ['pusher'],
    pattern: owned({
      vendor: 'pusher',
      only: SECRET_NAME,
      form: '(?=[a-z]{0,19}[0-9])(?=[0-9]{0,19}[a-z])[0-9a-z]{20}',
    }),
    remedy: 'Create new app keys in the Pusher dashboard, move the apps to them, and delete these.',
    examples: [
      `PUSHER_APP_SECRET=${hexOf(20, 1)}`,
      `new Pusher({ appId: '${digitsOf(7, 1)}', key: '${hexOf(20, 2)}', secret: '${hexOf(20, 3)}' })`,
    ],
    nearMisses: [
      ...notHere('PUSHER_APP_SECRET'),
      `PUSHER_APP_KEY=${hexOf(20, 1)}`,
      `PUSHER_APP_SECRET=${lowerOf(21, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'ably-api-key',
    vendor: 'Ably',
    title: 'Ably API key',
    form: '6 characters, `.`, 6 characters, `:`, 16 to 43 characters',
    confidence: 'high',
    anchors: ['ably'],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_.\-])(?<secret>(?<id>[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{6}):(?=[^0-9]{0,42}[0-9])[A-Za-z0-9_-]{16,43})(?![A-Za-z0-9_-])`,
      'dg',
    ),
    remedy: 'Revoke the key in the Ably dashboard after the apps have moved to a new one.',
    examples: [`ABLY_API_KEY=${ably(1)}`, `const realtime = new Ably.Realtime('${ably(2)}');`],
    nearMisses: [
      ...notHere('ABLY_API_KEY'),
      `ably.channel('orders.update:something')`,
      `ABLY_KEY_NAME=${mixedOf(6, 1)}.${mixedOf(6, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'azure-communication-key',
    vendor: 'Azure Communication Services',
    title: 'Azure Communication Services connection string',
    form: '`accesskey=` and 76 to 120 base64 characters after the endpoint',
    anchors: ['communication.azure.com'],
    span: 256,
    pattern: new RegExp(
      String.raw`(?<host>[a-z0-9\-.]{1,80}\.communication\.azure\.com)/?["']?[;,]\s{0,16}["']?access_?key["']?\s{0,4}[=:]\s{0,4}["']?(?<secret>[A-Za-z0-9+/]{76,120}={0,2})(?![A-Za-z0-9+/=])`,
      'dgi',
    ),
    structure: 'decodes-to-64-bytes',
    remedy:
      'Regenerate the secondary key, move the apps to it, and regenerate the primary in the Azure portal.',
    examples: [
      `COMMUNICATION_CONNECTION_STRING="${azureHost};accesskey=${azure(1)}"`,
      `new SmsClient('${azureHost};accesskey=${azure(2)}')`,
    ],
    nearMisses: [
      `${azureHost};accesskey=<your-access-key>`,
      `${azureHost};accesskey=\${ACS_KEY}`,
      `https://shop.communication.azure.com/sms?api-version=2021-03-07`,
      `${azureHost};accesskey=${azure(1).slice(0, 40)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'smooch-secret',
    vendor: 'Sunshine Conversations',
    title: 'Secret of a Sunshine Conversations (Smooch) key',
    form: '`act_` or `app_` and 24 hexadecimal digits, then 86 letters, digits, `-` or `_`',
    anchors: [
      { prefix: 'act_', hex: 24 },
      { prefix: 'app_', hex: 24 },
    ],
    span: 256,
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_-])(?=[A-Za-z0-9_-]{86})(?<=(?<![A-Za-z0-9])(?<id>(?:act|app)_[0-9a-f]{24})(?![A-Za-z0-9])[^]{1,60}?)(?<secret>${urlSafe(86)})(?![A-Za-z0-9_-])`,
      'dg',
    ),
    remedy: 'Create a new API key in the Sunshine Conversations dashboard and delete this one.',
    examples: [
      `SMOOCH_KEY_ID=act_${hexOf(24, 1)}\nSMOOCH_SECRET=${mixedOf(86, 1)}`,
      `username: 'act_${hexOf(24, 2)}',\n  password: '${urlSafeOf(84, 2)}1aA`.slice(0, -1),
    ],
    nearMisses: [
      `SMOOCH_KEY_ID=act_${hexOf(24, 1)}\nSMOOCH_SECRET=your_secret`,
      `act_${hexOf(24, 1)}: ${mixedOf(87, 1)}`,
      `act_${hexOf(25, 1)}: ${mixedOf(86, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'smooch-named-secret',
    vendor: 'Sunshine Conversations',
    title: 'Secret of a Sunshine Conversations (Smooch) key beside its name',
    form: '86 letters, digits, `-` or `_` beside the name',
    anchors: ['smooch', 'sunshine', 'sunco'],
    pattern: owned({
      vendor: 'smooch|sunshine|sunco',
      form: urlSafe(86),
      end: '(?![A-Za-z0-9_-])',
    }),
    remedy: 'Create a new API key in the Sunshine Conversations dashboard and delete this one.',
    examples: [`SMOOCH_SECRET=${mixedOf(86, 1)}`, `sunshine: { keyId: '...', secret: '${mixedOf(86, 2)}' }`],
    nearMisses: [
      ...notHere('SMOOCH_SECRET'),
      `SMOOCH_SECRET=${mixedOf(85, 1)}`,
      `SMOOCH_APP_ID=${hexOf(24, 1)}`,
    ],
  },
];
