import {
  anyHex,
  assigned,
  either,
  hex,
  NAMED,
  owned,
  paired,
  urlSafe,
} from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/vendor.ts';
import { hexOf, lowerOf, mixedOf, notHere, urlSafeOf } from './example-values.ts';

const SECRET = String.raw`(?:(?:client|sdk|api|app|chat)[_.\- ]?)?(?:key[_.\- ]?)?secret`;

/** Video, live audio and its chat. */
export const VIDEO_RULES: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'agora-app-certificate',
    vendor: 'Agora',
    title: 'Agora app certificate',
    form: '32 hexadecimal digits beside the name of a certificate',
    anchors: ['agora', 'app_certificate', 'appcertificate'],
    pattern: either(
      assigned(String.raw`app[_.\- ]?certificate`, anyHex(32)),
      owned({
        vendor: 'agora',
        names: String.raw`(?:app(?:lication)?|primary|project)?[_.\- ]?cert(?:ificate)?`,
        form: anyHex(32),
      }),
    ),
    remedy: 'Reset the primary certificate in the Agora console; all tokens that were minted with it die.',
    examples: [
      `AGORA_APP_CERTIFICATE=${hexOf(32, 1)}`,
      `const appCertificate = '${hexOf(32, 2).toUpperCase()}';`,
      `agora:\n  app_id: ${hexOf(32, 3)}\n  certificate: ${hexOf(32, 4)}`,
    ],
    nearMisses: [
      ...notHere('AGORA_APP_CERTIFICATE'),
      `AGORA_APP_ID=${hexOf(32, 1)}`,
      `AGORA_APP_CERTIFICATE=${hexOf(33, 1)}`,
      `agora cert_hash: ${hexOf(32, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'agora-customer-secret',
    vendor: 'Agora',
    title: 'Agora customer secret (REST)',
    form: '32 hexadecimal digits beside the name of a secret',
    anchors: ['agora'],
    pattern: owned({
      vendor: 'agora',
      names: String.raw`(?:(?:customer|rest|restful|api)[_.\- ]?)?(?:key[_.\- ]?)?secret`,
      form: anyHex(32),
    }),
    remedy: 'Create new RESTful API credentials in the Agora console and delete these.',
    examples: [
      `AGORA_CUSTOMER_SECRET=${hexOf(32, 1)}`,
      `agora:\n  customer_id: ${hexOf(32, 2)}\n  customer_secret: "${hexOf(32, 3)}"`,
    ],
    nearMisses: [
      ...notHere('AGORA_CUSTOMER_SECRET'),
      `AGORA_CUSTOMER_ID=${hexOf(32, 1)}`,
      `AGORA_CUSTOMER_SECRET=${hexOf(31, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'agora-customer-pair',
    vendor: 'Agora',
    title: 'Agora customer id or app id with its secret',
    form: 'twice 32 hexadecimal digits',
    anchors: ['agora', 'rtctoken', 'rtmtoken'],
    pattern: paired('[0-9a-fA-F]{32}', anyHex(32)),
    remedy: 'Create new RESTful API credentials, or reset the certificate, in the Agora console.',
    examples: [
      `curl -u ${hexOf(32, 1)}:${hexOf(32, 2)} https://api.agora.io/dev/v1/projects`,
      `RtcTokenBuilder.buildTokenWithUid('${hexOf(32, 3)}', '${hexOf(32, 4)}', channel)`,
    ],
    nearMisses: [
      `RtcTokenBuilder.buildTokenWithUid('${hexOf(32, 3)}', appCertificate, channel)`,
      `curl -u ${hexOf(32, 1)}:$SECRET https://api.agora.io/dev/v1/projects`,
      `agora ${hexOf(32, 1)}.${hexOf(32, 2)}`,
    ],
  },
  {
    ...NAMED,
    id: 'daily-api-key',
    vendor: 'Daily',
    title: 'Daily API key',
    form: '64 lower-case hexadecimal digits beside the name',
    anchors: ['daily'],
    pattern: owned({
      vendor: '(?<![a-z])daily',
      names: String.raw`(?:(?:api|auth|rest)[_.\- ]?)?(?:key|token|secret|password)|bearer`,
      form: hex(64),
    }),
    remedy: 'Regenerate the API key in the Daily dashboard; self-signed meeting tokens die with it.',
    examples: [
      `DAILY_API_KEY=${hexOf(64, 1)}`,
      `curl -H "Authorization: Bearer ${hexOf(64, 2)}" https://api.daily.co/v1/rooms`,
    ],
    nearMisses: [
      ...notHere('DAILY_API_KEY'),
      `DAILY_API_KEY=${hexOf(65, 1)}`,
      `daily-build sha256: ${hexOf(64, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'stream-api-secret',
    vendor: 'Stream',
    title: 'Stream (getstream.io) API secret',
    form: '64 lower-case letters and digits beside the name',
    anchors: [
      'getstream',
      'stream_api',
      'stream_secret',
      'stream_app',
      'streamchat',
      'stream-chat',
      'stream_chat',
      'streamclient',
      'stream_key',
      'stream:',
      'streamapi',
    ],
    pattern: owned({
      vendor: '(?:get)?stream(?:io)?',
      names: SECRET,
      form: '(?=[a-z]{0,63}[0-9])(?=[0-9]{0,63}[a-z])[0-9a-z]{64}',
    }),
    remedy: 'Rotate the API secret of the app in the Stream dashboard; all user tokens die with it.',
    examples: [
      `STREAM_API_SECRET=${lowerOf(64, 1)}`,
      `getstream:\n  key: ${lowerOf(12, 2)}\n  secret: ${lowerOf(64, 2)}`,
    ],
    nearMisses: [
      ...notHere('STREAM_API_SECRET'),
      `STREAM_API_KEY=${lowerOf(12, 1)}`,
      `STREAM_API_SECRET=${lowerOf(63, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'stream-pair',
    vendor: 'Stream',
    title: 'Stream API key with its secret',
    form: '12, then 64 lower-case letters and digits',
    anchors: ['getstream', 'streamchat', 'stream.connect', 'streamclient', 'stream_api'],
    pattern: paired(
      '(?=[a-z]{0,11}[0-9])[0-9a-z]{12}',
      '(?=[a-z]{0,63}[0-9])(?=[0-9]{0,63}[a-z])[0-9a-z]{64}',
    ),
    remedy: 'Rotate the API secret of the app in the Stream dashboard; all user tokens die with it.',
    examples: [
      `StreamChat.getInstance('${lowerOf(12, 3)}', '${lowerOf(64, 3)}')`,
      `client = StreamChat(api_key, api_secret); StreamChat("${lowerOf(12, 4)}", "${lowerOf(64, 4)}")`,
    ],
    nearMisses: [
      `StreamChat.getInstance('${lowerOf(12, 3)}', process.env.STREAM_SECRET)`,
      `StreamChat.getInstance('${lowerOf(12, 3)}', '${lowerOf(63, 3)}')`,
      `StreamChat.getInstance('${lowerOf(12, 3)}')`,
    ],
  },
  {
    ...NAMED,
    id: '100ms-app-secret',
    vendor: '100ms',
    title: '100ms app secret',
    form: '40 to 128 letters, digits, `-` or `_` beside the name',
    anchors: ['100ms', 'hms_', '_hms', 'hms.', 'hms:', 'hmsapp', 'hmssecret', 'hmsaccess'],
    pattern: owned({
      vendor: '(?<![a-z])hms|100ms',
      names: String.raw`(?:(?:app|account|api)[_.\- ]?)?secret(?:[_.\- ]?key)?`,
      form: urlSafe(40, 128),
      end: '(?![A-Za-z0-9_-])',
    }),
    remedy: 'Create a new access key in the 100ms dashboard and delete this one.',
    examples: [
      `HMS_APP_SECRET=${urlSafeOf(87, 1)}A`,
      `100ms:\n  access_key: ${hexOf(24, 1)}\n  app_secret: '${mixedOf(88, 2)}'`,
    ],
    nearMisses: [
      ...notHere('HMS_APP_SECRET'),
      `HMS_ACCESS_KEY=${hexOf(24, 1)}`,
      `HMS_APP_SECRET=${mixedOf(20, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: '100ms-pair',
    vendor: '100ms',
    title: '100ms access key with its app secret',
    form: '24 lower-case hexadecimal digits, then 40 to 128 letters, digits, `-` or `_`',
    anchors: ['100ms', 'hms.', 'hms_', 'hmssdk'],
    pattern: paired('[0-9a-f]{24}', urlSafe(40, 128), '(?![A-Za-z0-9_-])'),
    remedy: 'Create a new access key in the 100ms dashboard and delete this one.',
    examples: [
      `new HMS.SDK('${hexOf(24, 3)}', '${urlSafeOf(87, 3)}A')`,
      `// 100ms\nconst keys = ['${hexOf(24, 4)}', '${mixedOf(88, 4)}'];`,
    ],
    nearMisses: [
      `new HMS.SDK('${hexOf(24, 3)}', process.env.HMS_APP_SECRET)`,
      `new HMS.SDK('${hexOf(24, 3)}', '${mixedOf(30, 3)}')`,
      `100ms ${hexOf(25, 1)}:${mixedOf(88, 4)}`,
    ],
  },
];
