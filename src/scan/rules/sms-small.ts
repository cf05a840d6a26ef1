import { alphanumeric, anyHex, NAMED, owned, paired, UUID } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { base64Of, digitsOf, hexOf, lowerOf, mixedOf, notHere, uuidOf } from './example-values.ts';

const apifonica = (salt: number): string =>
  [11, 4, 4, 4, 12].map((length, place) => lowerOf(length, salt + place)).join('-');

/** Smaller gateways; their keys need the vendor's name beside them. */
export const SMALL_SMS_RULES: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'tyntec-api-key',
    vendor: 'tyntec',
    title: 'tyntec API key',
    form: '32 letters and digits beside the name',
    anchors: ['tyntec'],
    pattern: owned({ vendor: 'tyntec', form: alphanumeric(32) }),
    remedy: 'Create a new API key in the tyntec business center and delete this one.',
    examples: [
      `TYNTEC_API_KEY=${mixedOf(32, 1)}`,
      `curl -H 'apikey: ${mixedOf(32, 2)}' https://api.tyntec.com/2fa/v1/application`,
    ],
    nearMisses: [
      ...notHere('TYNTEC_API_KEY'),
      `TYNTEC_API_KEY=${mixedOf(33, 1)}`,
      `tyntec checksum: ${hexOf(32, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'voodoosms-api-key',
    vendor: 'VoodooSMS',
    title: 'VoodooSMS API key',
    form: '46 letters and digits beside the name',
    anchors: ['voodoosms', 'voodoo_sms', 'voodoo-sms'],
    pattern: owned({ vendor: String.raw`voodoo[_\-]?sms`, form: alphanumeric(46) }),
    remedy: 'Create a new API key in the VoodooSMS portal and delete this one.',
    examples: [
      `VOODOOSMS_API_KEY=${mixedOf(46, 1)}`,
      `curl -H "Authorization: Bearer ${mixedOf(46, 2)}" https://api.voodoosms.com/credits`,
    ],
    nearMisses: [
      ...notHere('VOODOOSMS_API_KEY'),
      `VOODOOSMS_API_KEY=${mixedOf(45, 1)}`,
      `voodoosms id: ${mixedOf(46, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'd7-token',
    vendor: 'D7 Networks',
    title: 'D7 Networks basic token',
    form: '24 base64 characters that end in `=`, beside the name',
    anchors: ['d7networks', 'd7_networks', 'd7 networks', 'd7sms', 'd7_token', 'd7_api', 'd7token', 'd7api'],
    pattern: owned({
      vendor: 'd7(?:[_ ]?networks|_?sms)?',
      names: 'authorization: basic|basic',
      form: '(?=[^a-z]{0,22}[a-z])(?=[^A-Z]{0,22}[A-Z])(?:[A-Za-z0-9+/]{22}==|[A-Za-z0-9+/]{23}=)',
      end: '(?![A-Za-z0-9=])',
    }),
    remedy: 'Create a new token in the D7 Networks portal and delete this one.',
    examples: [
      `D7_TOKEN=${base64Of(16, 1)}`,
      `curl -H 'Authorization: Basic ${base64Of(16, 2)}' https://rest-api.d7networks.com/secure/balance`,
    ],
    nearMisses: [
      ...notHere('D7_TOKEN'),
      `D7_TOKEN=${base64Of(18, 1)}`,
      `d7networks etag: ${base64Of(16, 2)}`,
    ],
  },
  {
    ...NAMED,
    id: 'apifonica-password',
    vendor: 'Apifonica',
    title: 'Apifonica account password',
    form: 'groups of 11, 4, 4, 4 and 12 lower-case letters or digits beside the name',
    anchors: ['apifonica'],
    pattern: owned({
      vendor: 'apifonica',
      names: `(?:account_?)?sid(?=["']?,)`,
      form: '[0-9a-z]{11}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}',
    }),
    remedy: 'Reset the account password in the Apifonica portal.',
    examples: [
      `APIFONICA_TOKEN=${apifonica(1)}`,
      `apifonica:\n  account_sid: ${apifonica(2)}\n  auth_token: "${apifonica(3)}"`,
    ],
    nearMisses: [
      ...notHere('APIFONICA_TOKEN'),
      `APIFONICA_TOKEN=${uuidOf(1)}`,
      `apifonica account_sid: ${apifonica(1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'apifonica-pair',
    vendor: 'Apifonica',
    title: 'Apifonica account with its password',
    form: 'two values of groups of 11, 4, 4, 4 and 12 lower-case letters or digits',
    anchors: ['apifonica'],
    pattern: paired(
      '[0-9a-z]{11}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}',
      '[0-9a-z]{11}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{4}-[0-9a-z]{12}',
    ),
    remedy: 'Reset the account password in the Apifonica portal.',
    examples: [
      `curl -u ${apifonica(1)}:${apifonica(2)} https://api.apifonica.com/v2/accounts`,
      `Apifonica("${apifonica(3)}", "${apifonica(4)}")`,
    ],
    nearMisses: [
      `curl -u ${apifonica(1)}:$PASSWORD https://api.apifonica.com/v2/accounts`,
      `apifonica ${uuidOf(1)}:${uuidOf(2)}`,
      `Apifonica("${apifonica(3)}", process.env.TOKEN)`,
    ],
  },
  {
    ...NAMED,
    id: 'msg91-auth-key',
    vendor: 'MSG91',
    title: 'MSG91 auth key',
    form: 'six digits and 20 to 26 letters or digits beside the name',
    anchors: ['msg91', 'msg_91'],
    pattern: owned({
      vendor: 'msg_?91',
      form: '(?=[0-9]{6}[A-Za-z0-9]{0,22}[A-Za-z])[0-9]{6}[A-Za-z0-9]{20,26}',
    }),
    remedy: 'Create a new auth key in the MSG91 panel, bound to your addresses, and delete this one.',
    examples: [
      `MSG91_AUTH_KEY=${digitsOf(6, 1)}A${mixedOf(21, 1)}`,
      `curl -H "authkey: ${digitsOf(6, 2)}T${mixedOf(24, 2)}" https://control.msg91.com/api/v5/flow`,
    ],
    nearMisses: [
      ...notHere('MSG91_AUTH_KEY'),
      `MSG91_TEMPLATE_ID=${hexOf(24, 1)}`,
      `MSG91_AUTH_KEY=${digitsOf(6, 1)}A${mixedOf(40, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: '46elks-password',
    vendor: '46elks',
    title: '46elks API password',
    form: '32 hexadecimal digits beside the name',
    anchors: ['elks'],
    pattern: owned({
      vendor: '(?:46)?elks(?:46)?',
      form: anyHex(32),
    }),
    remedy: 'Create a new API key in the 46elks dashboard and delete this one.',
    examples: [
      `ELKS_API_PASSWORD=${hexOf(32, 1).toUpperCase()}`,
      `46elks:\n  username: u${hexOf(32, 2)}\n  password: ${hexOf(32, 3)}`,
    ],
    nearMisses: [
      ...notHere('ELKS_API_PASSWORD'),
      `46elks username: u${hexOf(32, 2)}`,
      `ELKS_API_PASSWORD=${hexOf(33, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: '46elks-pair',
    vendor: '46elks',
    title: '46elks API user with its password',
    form: '`u` and 32 hexadecimal digits, then 32 hexadecimal digits',
    anchors: ['46elks', { prefix: 'u', hex: 32 }],
    pattern: paired('u[0-9a-f]{32}', anyHex(32)),
    remedy: 'Create a new API key in the 46elks dashboard and delete this one.',
    examples: [
      `curl -u u${hexOf(32, 1)}:${hexOf(32, 2).toUpperCase()} https://api.46elks.com/a1/me`,
      `auth=('u${hexOf(32, 3)}', '${hexOf(32, 4)}')`,
    ],
    nearMisses: [
      `curl -u u${hexOf(32, 1)}:$ELKS_PASSWORD https://api.46elks.com/a1/me`,
      `u${hexOf(32, 1)}, ${hexOf(40, 1)}`,
      `${hexOf(32, 1)}:${hexOf(32, 2)}`,
    ],
  },
  {
    ...NAMED,
    id: 'mesibo-app-token',
    vendor: 'Mesibo',
    title: 'Mesibo app token',
    form: '64 letters and digits beside the name',
    anchors: ['mesibo'],
    pattern: owned({ vendor: 'mesibo', form: alphanumeric(64) }),
    remedy: 'Generate a new app token in the Mesibo console.',
    examples: [`MESIBO_APP_TOKEN=${lowerOf(64, 1)}`, `mesibo: { appToken: '${lowerOf(64, 2)}' }`],
    nearMisses: [
      ...notHere('MESIBO_APP_TOKEN'),
      `MESIBO_APP_TOKEN=${lowerOf(63, 1)}`,
      `mesibo sha256: ${hexOf(64, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'truid-client-secret',
    vendor: 'tru.ID',
    title: 'tru.ID client secret',
    form: '26 characters beside the name',
    anchors: ['tru.id', 'truid', 'tru_id', 'tru-id'],
    pattern: owned({
      vendor: String.raw`tru[_.\- ]?id`,
      form: `(?=[^A-Z]{0,25}[A-Z])(?=[^a-z]{0,25}[a-z])[A-Za-z0-9~._-]{26}`,
      end: '(?![A-Za-z0-9~_-])',
    }),
    remedy: 'Create new credentials for the project with the tru.ID console and delete these.',
    examples: [
      `TRU_ID_CLIENT_SECRET=${mixedOf(26, 1)}`,
      `"tru.id": { "client_id": "${uuidOf(1)}", "client_secret": "${mixedOf(26, 2)}" }`,
    ],
    nearMisses: [
      ...notHere('TRU_ID_CLIENT_SECRET'),
      `TRU_ID_CLIENT_ID=${uuidOf(1)}`,
      `TRU_ID_CLIENT_SECRET=${mixedOf(27, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'truid-pair',
    vendor: 'tru.ID',
    title: 'tru.ID client with its secret',
    form: 'a UUID, then 26 characters',
    anchors: ['tru.id', 'truid', 'tru_id'],
    pattern: paired(UUID, alphanumeric(26)),
    remedy: 'Create new credentials for the project with the tru.ID console and delete these.',
    examples: [
      `curl https://eu.api.tru.id/oauth2/v1/token --user '${uuidOf(3)}:${mixedOf(26, 3)}'`,
      `truid("${uuidOf(4)}", "${mixedOf(26, 4)}")`,
    ],
    nearMisses: [
      `curl https://eu.api.tru.id/oauth2/v1/token --user '${uuidOf(3)}:$SECRET'`,
      `truid("${uuidOf(4)}", "${mixedOf(27, 4)}")`,
      `truid("${uuidOf(4)}", "${uuidOf(5)}")`,
    ],
  },
];
