import { crc32 } from 'node:zlib';
import {
  alphanumeric,
  DISTINCT,
  distinct,
  hex,
  NAMED,
  owned,
  paired,
} from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import {
  base64Of,
  digitsOf,
  hexOf,
  lowerOf,
  mixedOf,
  notHere,
  uuidBytesOf,
  uuidOf,
} from './example-values.ts';

const UPPER_UUID = '[0-9A-F]{8}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{12}';

function africasTalking(salt: number): string {
  const body = hexOf(64, salt);
  return `atsk_${body}${crc32(body).toString(16).padStart(8, '0')}`;
}

/** The same with a checksum that does not fit. */
const broken = (salt: number): string =>
  africasTalking(salt).replace(/.$/, (last) => (last === '0' ? '1' : '0'));

/** Gateways of one region or one purpose. */
export const REGIONAL_SMS_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'africas-talking-api-key',
    vendor: 'Africa’s Talking',
    title: 'Africa’s Talking API key',
    form: '`atsk_` and 72 lower-case hexadecimal digits, the last eight a checksum',
    anchors: ['atsk_'],
    pattern: distinct('atsk_[0-9a-f]{72}'),
    structure: 'crc32-hex-tail',
    structureDecides: true,
    remedy: 'Generate a new API key in the Africa’s Talking dashboard; the old one dies at once.',
    examples: [
      `AT_API_KEY=${africasTalking(1)}`,
      `africastalking.initialize(username='shop', api_key='${africasTalking(2)}')`,
    ],
    nearMisses: [
      `AT_API_KEY=${broken(1)}`,
      `AT_API_KEY=${africasTalking(1)}0`,
      'AT_API_KEY=atsk_your_api_key',
      'apiKey: process.env.ATSK_KEY',
    ],
  },
  {
    ...NAMED,
    id: 'africas-talking-legacy-key',
    vendor: 'Africa’s Talking',
    title: 'Africa’s Talking API key of the older form',
    form: '64 lower-case hexadecimal digits beside the name',
    anchors: [
      'africastalking',
      'africas_talking',
      'africas-talking',
      "'s talking",
      's talking',
      'at_api_key',
      'at_username',
    ],
    pattern: owned({
      vendor: String.raw`africa[^a-z]{0,3}s?[_\- ]?talking|(?<![a-z])at_`,
      names: String.raw`initialize\(\s?["'][\w.\-]{1,40}["']`,
      form: hex(64),
    }),
    remedy: 'Generate a new API key in the Africa’s Talking dashboard; the old one dies at once.',
    examples: [
      `AFRICASTALKING_API_KEY=${hexOf(64, 1)}`,
      `const at = AfricasTalking({ username: 'shop', apiKey: '${hexOf(64, 2)}' });`,
    ],
    nearMisses: [
      ...notHere('AFRICASTALKING_API_KEY'),
      `AFRICASTALKING_API_KEY=${hexOf(40, 1)}`,
      `africastalking sha256: ${hexOf(64, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'clickatell-api-key',
    vendor: 'Clickatell',
    title: 'Clickatell API key',
    form: '22 base64 characters and `==`, the bytes of a UUID, beside the name',
    anchors: ['clickatell'],
    // The form and the vendor’s name are enough: its guides hand the key to functions without a name.
    pattern: distinct('[A-Za-z0-9+/_-]{22}==', '(?![A-Za-z0-9=])'),
    structure: 'uuid4-base64',
    structureDecides: true,
    remedy: 'Create a new integration in the Clickatell portal and delete this one.',
    examples: [
      `CLICKATELL_API_KEY=${uuidBytesOf(1)}==`,
      `curl -H "Authorization: ${uuidBytesOf(2)}==" https://platform.clickatell.com/messages`,
    ],
    nearMisses: [
      ...notHere('CLICKATELL_API_KEY'),
      `CLICKATELL_API_KEY=${base64Of(16, 1)}`,
      `CLICKATELL_API_KEY=${uuidBytesOf(1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'clicksend-api-key',
    vendor: 'ClickSend',
    title: 'ClickSend API key',
    form: 'an upper-case UUID beside the name',
    anchors: ['clicksend', 'click_send', 'click-send'],
    pattern: owned({
      vendor: String.raw`click[_\-]?send`,
      form: UPPER_UUID,
    }),
    remedy: 'Regenerate the API key of the user in the ClickSend dashboard.',
    examples: [
      `CLICKSEND_API_KEY=${uuidOf(1).toUpperCase()}`,
      `clicksend:\n  username: shop@example.com\n  api_key: ${uuidOf(2).toUpperCase()}`,
    ],
    nearMisses: [
      ...notHere('CLICKSEND_API_KEY'),
      `clicksend message_id: ${uuidOf(1).toUpperCase()}`,
      `CLICKSEND_API_KEY=${uuidOf(1).slice(0, -1).toUpperCase()}`,
    ],
  },
  {
    ...NAMED,
    id: 'clicksend-pair',
    vendor: 'ClickSend',
    title: 'ClickSend user with the API key',
    form: 'a user name or address, then an upper-case UUID',
    anchors: ['clicksend'],
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9._%+@-])(?<id>[A-Za-z0-9._%+@-]{3,64})(?::|["']\s{0,4},\s{0,24}["'])(?<secret>${UPPER_UUID})(?![A-Za-z0-9-])`,
      'dg',
    ),
    remedy: 'Regenerate the API key of the user in the ClickSend dashboard.',
    examples: [
      `curl -u 'shop@example.com:${uuidOf(3).toUpperCase()}' https://rest.clicksend.com/v3/account`,
      `clicksend('shop', '${uuidOf(4).toUpperCase()}')`,
    ],
    nearMisses: [
      `curl -u 'shop@example.com:$KEY' https://rest.clicksend.com/v3/account`,
      `clicksend('shop', '${uuidOf(4)}')`,
      `{"clicksendMessageId": "${uuidOf(4).toUpperCase()}"}`,
    ],
  },
  {
    ...NAMED,
    id: 'textmagic-api-key',
    vendor: 'Textmagic',
    title: 'Textmagic API key',
    form: '30 letters and digits beside the name',
    anchors: ['textmagic', 'text_magic', 'x-tm-key'],
    pattern: owned({
      vendor: 'text_?magic',
      names: String.raw`x-tm-key|RestClient\(\s?["'][\w.@\-]{1,60}["']`,
      form: alphanumeric(30),
    }),
    remedy: 'Generate a new API key in the Textmagic settings and delete this one.',
    examples: [
      `TEXTMAGIC_API_KEY=${mixedOf(30, 1)}`,
      `curl -H "X-TM-Key: ${mixedOf(30, 2)}" https://rest.textmagic.com/api/v2/user`,
    ],
    nearMisses: [
      ...notHere('TEXTMAGIC_API_KEY'),
      `TEXTMAGIC_API_KEY=${mixedOf(31, 1)}`,
      'textmagic key: sendMessageWithTemplateAndName',
    ],
  },
  {
    ...NAMED,
    id: 'bulksms-token-secret',
    vendor: 'BulkSMS',
    title: 'BulkSMS token secret',
    form: '29 letters, digits and signs beside the name',
    anchors: ['bulksms', 'bulk_sms', 'bulk-sms'],
    pattern: owned({
      vendor: String.raw`bulk[_\-]?sms`,
      names: String.raw`token[_.\- ]?(?:secret|password)`,
      form: String.raw`(?=[^\sA-Z]{0,28}[A-Z])(?=[^\sa-z]{0,28}[a-z])[A-Za-z0-9!#$%&*+.:;=?@^_|~\-]{29}`,
      end: '(?![A-Za-z0-9_-])',
    }),
    remedy: 'Create a new token in the BulkSMS settings and delete this one.',
    examples: [
      `BULKSMS_TOKEN_SECRET=${mixedOf(29, 1)}`,
      `bulksms: { tokenId: '${uuidOf(1).toUpperCase()}-', tokenSecret: '${mixedOf(27, 2)}*!' }`,
    ],
    nearMisses: [
      ...notHere('BULKSMS_TOKEN_SECRET'),
      `BULKSMS_TOKEN_SECRET=${mixedOf(28, 1)}`,
      `BULKSMS_TOKEN_ID=${uuidOf(1).toUpperCase()}-02`,
    ],
  },
  {
    ...NAMED,
    id: 'bulksms-token-pair',
    vendor: 'BulkSMS',
    title: 'BulkSMS token with its secret',
    form: '35 to 38 characters `A-F`, `0-9`, `-`, then 29 letters, digits and signs',
    anchors: ['bulksms'],
    pattern: paired(
      '[A-F0-9-]{35,38}',
      String.raw`(?=[^\s0-9]{0,28}[0-9])[A-Za-z0-9!#$%&*+.:;=?@^_|~\-]{29}`,
    ),
    remedy: 'Create a new token in the BulkSMS settings and delete this one.',
    examples: [
      `curl -u '${uuidOf(1).toUpperCase()}-':'${mixedOf(29, 1)}' https://api.bulksms.com/v1/messages`.replace(
        "':'",
        ':',
      ),
      `bulksms('${uuidOf(2).toUpperCase()}-', '${mixedOf(29, 2)}')`,
    ],
    nearMisses: [
      `bulksms('${uuidOf(2).toUpperCase()}-', process.env.BULKSMS_SECRET)`,
      `bulksms ${uuidOf(2)}:${mixedOf(29, 2)}`,
      `bulksms ('${uuidOf(2).toUpperCase()}', '${digitsOf(8)}')`,
    ],
  },
  {
    ...NAMED,
    id: 'textanywhere-token',
    vendor: 'TextAnywhere',
    title: 'TextAnywhere (Clockwork) token',
    form: '24 letters and digits beside the name',
    anchors: ['textanywhere', 'text_anywhere', 'clockworksms', 'clockwork_'],
    pattern: owned({
      vendor: 'text_?anywhere|clockwork(?:_?sms)?',
      form: alphanumeric(24),
    }),
    remedy: 'Create a new API key in the TextAnywhere portal and delete this one.',
    examples: [
      `TEXTANYWHERE_API_TOKEN=${mixedOf(24, 1)}`,
      `clockworksms:\n  user: shop\n  token: '${lowerOf(24, 2)}'`,
    ],
    nearMisses: [
      ...notHere('TEXTANYWHERE_API_TOKEN'),
      `TEXTANYWHERE_API_TOKEN=${mixedOf(25, 1)}`,
      `clockwork_commit: ${hexOf(24)}`,
    ],
  },
];
