import {
  DISTINCT,
  distinct,
  hex,
  mixed,
  NAMED,
  owned,
  paired,
  urlSafe,
  UUID,
} from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { base64Of, hexOf, lowerOf, mixedOf, notHere, uuidOf } from './example-values.ts';

const plivoToken = (salt: number): string => Buffer.from(uuidOf(salt).slice(0, 30)).toString('base64');
const plivoId = (salt: number): string => `MA${mixedOf(18, salt).toUpperCase()}`;
const infobip = (salt: number): string => `${hexOf(32, salt)}-${uuidOf(salt)}`;

const LOWER_32 = '(?=[a-z]{0,31}[0-9])(?=[0-9]{0,31}[a-z])[0-9a-z]{32}';

/** The larger messaging platforms. */
export const SMS_RULES: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'plivo-auth-token',
    vendor: 'Plivo',
    title: 'Plivo auth token',
    form: '40 letters, digits, `-` or `_` beside the name',
    anchors: ['plivo'],
    pattern: owned({
      vendor: 'plivo',
      form: urlSafe(40),
      end: '(?![A-Za-z0-9_-])',
    }),
    structure: 'uuid-text-prefix-base64',
    remedy:
      'Reset the auth token in the Plivo console; the old one dies at once, so change the apps first to a subaccount.',
    examples: [
      `PLIVO_AUTH_TOKEN=${plivoToken(1)}`,
      `plivo:\n  auth_id: ${plivoId(1)}\n  auth_token: "${plivoToken(2)}"`,
      `plivo.RestClient(auth_id, auth_token='${plivoToken(3)}')`,
    ],
    nearMisses: [
      ...notHere('PLIVO_AUTH_TOKEN'),
      `PLIVO_AUTH_ID=${plivoId(1)}`,
      `PLIVO_AUTH_TOKEN=${plivoToken(1)}A`,
      `plivo commit ${hexOf(40)}`,
    ],
  },
  {
    ...NAMED,
    id: 'plivo-pair',
    vendor: 'Plivo',
    title: 'Plivo auth id with its token',
    form: '`MA` or `SA` and 18 upper-case letters or digits, then 40 characters',
    confidence: 'high',
    anchors: ['plivo'],
    pattern: paired('(?:MA|SA)[A-Z0-9]{18}', urlSafe(40), '(?![A-Za-z0-9_-])'),
    structure: 'uuid-text-prefix-base64',
    remedy:
      'Reset the auth token in the Plivo console; the old one dies at once, so change the apps first to a subaccount.',
    examples: [
      `client = plivo.RestClient('${plivoId(1)}', '${plivoToken(4)}')`,
      `curl -u ${plivoId(2)}:${plivoToken(5)} https://api.plivo.com/v1/Account/`,
    ],
    nearMisses: [
      `client = plivo.RestClient('${plivoId(1)}', os.environ['PLIVO_AUTH_TOKEN'])`,
      `plivo ["${plivoId(1)}", "${plivoId(2)}"]`,
      `curl -u ${plivoId(2)}:$TOKEN https://api.plivo.com/v1/Account/`,
    ],
  },
  {
    ...NAMED,
    id: 'sinch-api-token',
    vendor: 'Sinch',
    title: 'Sinch API token of a service plan',
    form: '32 lower-case letters and digits beside the name',
    anchors: ['sinch'],
    pattern: owned({
      vendor: 'sinch',
      names: String.raw`plan[_.\- ]?token`,
      form: LOWER_32,
    }),
    remedy: 'Create a new API token for the service plan in the Sinch dashboard and delete this one.',
    examples: [
      `SINCH_API_TOKEN=${hexOf(32, 1)}`,
      `sinch:\n  service_plan_id: ${hexOf(32, 2)}\n  api_token: ${lowerOf(32, 3)}`,
      `curl -H "Authorization: Bearer ${lowerOf(32, 4)}" https://eu.sms.api.sinch.com/xms/v1/`,
    ],
    nearMisses: [
      ...notHere('SINCH_API_TOKEN'),
      `SINCH_SERVICE_PLAN_ID=${hexOf(32, 2)}`,
      `SINCH_API_TOKEN=${lowerOf(33, 1)}`,
      `sinch token_hash: ${hexOf(32, 2)}`,
    ],
  },
  {
    ...NAMED,
    id: 'sinch-key-secret',
    vendor: 'Sinch',
    title: 'Sinch access key or application secret',
    form: '20 to 64 characters of both cases beside the name',
    anchors: ['sinch'],
    pattern: owned({
      vendor: 'sinch',
      only: String.raw`(?:access|application|app|client|key|verification|voice)[_.\- ]?(?:key[_.\- ]?)?secret`,
      form: String.raw`(?:(?=[^\s0-9]{0,63}[0-9])(?=[^\sA-Z]{0,63}[A-Z])(?=[^\sa-z]{0,63}[a-z])[A-Za-z0-9~._\-]{20,64}|[A-Za-z0-9+/]{22}==)`,
      end: '(?![A-Za-z0-9=])',
    }),
    remedy: 'Create a new access key in the Sinch dashboard, move the apps to it, and delete this one.',
    examples: [
      `SINCH_KEY_SECRET=${mixedOf(34, 1)}`,
      `sinchClient = { projectId, keyId, keySecret: '~${mixedOf(26, 2)}' }`,
      `SINCH_APPLICATION_SECRET="${base64Of(16, 1)}"`,
    ],
    nearMisses: [
      ...notHere('SINCH_KEY_SECRET'),
      `SINCH_KEY_ID=${uuidOf(1)}`,
      'sinch: { keySecret: config.sinch.credentials.keySecret }',
    ],
  },
  {
    ...DISTINCT,
    id: 'infobip-api-key',
    vendor: 'Infobip',
    title: 'Infobip API key',
    form: '32 lower-case hexadecimal digits, `-`, a UUID',
    anchors: ['infobip', '"app ', "'app ", ': app ', '`app '],
    span: 256,
    pattern: distinct(`${hex(32)}-${UUID}`, '(?![A-Za-z0-9-])'),
    remedy: 'Create a new API key in the Infobip portal, bound to your addresses, and delete this one.',
    examples: [
      `INFOBIP_API_KEY=${infobip(1)}`,
      `headers: { Authorization: 'App ${infobip(2)}' }`,
      `infobip:\n  base_url: x1y2z.api.infobip.com\n  api_key: "${infobip(3)}"`,
    ],
    nearMisses: [
      ...notHere('INFOBIP_API_KEY'),
      `infobip request ${uuidOf(1)}`,
      `INFOBIP_API_KEY=${infobip(1).slice(0, -1)}`,
      `INFOBIP_API_KEY=${infobip(1)}-1`,
    ],
  },
  {
    ...NAMED,
    id: 'bandwidth-secret',
    vendor: 'Bandwidth',
    title: 'Bandwidth client secret, API secret or password',
    form: '16 to 64 letters and digits of both cases beside the name',
    anchors: [
      'bandwidth_',
      'bandwidth.com',
      'bandwidthapi',
      'bandwidth:',
      'bandwidthclient',
      'bw_client',
      'bw_account',
      'bw_user',
      'bw_pass',
      'bw_secret',
      'bw_token',
      'bw_api',
    ],
    context: ['bandwidth', 'bw_'],
    pattern: owned({
      vendor: '(?:bandwidth|(?<![a-z])bw_)',
      only: String.raw`(?:(?:client|api|application)[_.\- ]?)?(?:secret|password)|api[_.\- ]?token`,
      form: mixed(16, 64),
    }),
    remedy:
      'Create new OAuth credentials in the Bandwidth dashboard; user names with passwords end on 2026-12-02.',
    examples: [
      `BW_CLIENT_SECRET=${mixedOf(40, 1)}`,
      `bandwidth:\n  clientId: CLI-${uuidOf(1)}\n  clientSecret: ${mixedOf(32, 2)}`,
      `BANDWIDTH_API_PASSWORD="${mixedOf(20, 3)}"`,
    ],
    nearMisses: [
      ...notHere('BW_CLIENT_SECRET'),
      `BW_CLIENT_ID=CLI-${uuidOf(1)}`,
      'bandwidth_password: correcthorsebatterystaple',
    ],
  },
];
