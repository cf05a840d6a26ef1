import { DISTINCT, distinct, hex, mixed, UUID } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { hexOf, mixedOf, notHere, uuidOf } from './example-values.ts';

const meta = (salt: number): string => `EAA${mixedOf(170, salt)}ZDZD`;
const viber = (salt: number): string => [0, 1, 2].map((part) => hexOf(16, 3 * salt + part)).join('-');
const letters = (length: number, salt: number): string =>
  mixedOf(4 * length, salt)
    .replaceAll(/\d/g, '')
    .slice(0, length);
const matrix = (salt: number): string => `syt_YWxpY2U_${letters(20, salt)}_${mixedOf(6, salt)}`;

/** Messengers of people, and rooms of teams. */
export const MESSENGER_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'meta-access-token',
    vendor: 'Meta',
    title: 'Access token of Meta’s Graph API (WhatsApp, Messenger, Instagram)',
    form: '`EAA` and letters and digits, more than a hundred; the first hundred stand for the whole',
    confidence: 'medium',
    // With what stands before a value, as the prefix alone is too short.
    anchors: ['=EAA', '"EAA', "'EAA", ' EAA', ':EAA', '`EAA', '>EAA'],
    pattern: new RegExp(String.raw`(?<![A-Za-z0-9+/])(?<secret>EAA${mixed(97)})(?![+/=])`, 'dg'),
    remedy:
      'Revoke the tokens of the system user in the Meta business settings, or reset the secret of the app, and make a new one.',
    examples: [
      `WHATSAPP_TOKEN=${meta(1)}`,
      `curl -H "Authorization: Bearer ${meta(2)}" https://graph.facebook.com/v21.0/me`,
      `{"access_token":"${meta(3)}"}`,
    ],
    nearMisses: [
      ...notHere('WHATSAPP_TOKEN'),
      'WHATSAPP_TOKEN=EAAG...',
      `WHATSAPP_TOKEN=EAA${'x'.repeat(170)}`,
      `data = "EAA${mixedOf(60, 1)}/${mixedOf(60, 2)}"`,
      `sha="EAA${mixedOf(40, 1)}"`,
    ],
  },
  {
    ...DISTINCT,
    id: 'viber-auth-token',
    vendor: 'Viber',
    title: 'Authentication token of a Viber bot',
    form: 'three times 16 lower-case hexadecimal digits, with `-` between, near the name',
    anchors: ['viber'],
    span: 200,
    pattern: /(?<![A-Za-z0-9-])(?<secret>[0-9a-f]{16}-[0-9a-f]{16}-[0-9a-f]{16})(?![A-Za-z0-9-])/dg,
    remedy: 'Ask for a new token on the page of the bot in the Viber admin panel; the old one stops then.',
    examples: [
      `VIBER_AUTH_TOKEN=${viber(1)}`,
      `headers = { 'X-Viber-Auth-Token': '${viber(2)}' }`,
      `bot_configuration = BotConfiguration(auth_token="${viber(3)}")  # viber`,
    ],
    nearMisses: [
      ...notHere('VIBER_AUTH_TOKEN'),
      `VIBER_AUTH_TOKEN=${viber(1)}-${hexOf(16, 9)}`,
      `viber message ${uuidOf(1)}`,
      `viber ${hexOf(16, 1)}-${hexOf(16, 2)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'matrix-access-token',
    vendor: 'Matrix',
    title: 'Access token of a Matrix account (Synapse)',
    form: '`syt_`, the name in base64, 20 letters, 6 letters or digits, with `_` between',
    anchors: ['syt_'],
    pattern: distinct('syt_[A-Za-z0-9+/]{1,100}_[A-Za-z]{20}_[A-Za-z0-9]{6}', '(?![A-Za-z0-9_])'),
    remedy: 'Log the device out that has the token, from another session of the account, and log in anew.',
    examples: [`MATRIX_ACCESS_TOKEN=${matrix(1)}`, `"access_token": "${matrix(2)}"`],
    nearMisses: [
      ...notHere('MATRIX_ACCESS_TOKEN'),
      'accessToken: syt_xxx',
      `syt_YWxpY2U_${letters(19, 1)}_${mixedOf(6, 1)}`,
      `syt_YWxpY2U_${letters(20, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'dingtalk-webhook',
    vendor: 'DingTalk',
    title: 'Webhook of a DingTalk robot',
    form: 'the URL of a webhook with 64 lower-case hexadecimal digits',
    anchors: ['dingtalk.com/robot'],
    pattern: new RegExp(
      String.raw`dingtalk\.com/robot/send\?access_token=(?<secret>${hex(64)})(?![A-Za-z0-9])`,
      'dg',
    ),
    remedy: 'Delete the robot in the settings of the group and add a new one.',
    examples: [
      `DINGTALK_URL=https://oapi.dingtalk.com/robot/send?access_token=${hexOf(64, 1)}`,
      `curl 'https://oapi.dingtalk.com/robot/send?access_token=${hexOf(64, 2)}&timestamp=1'`,
    ],
    nearMisses: [
      'https://oapi.dingtalk.com/robot/send?access_token=XXXXXX',
      'https://oapi.dingtalk.com/robot/send?access_token=${DING_TOKEN}',
      `https://oapi.dingtalk.com/robot/send?access_token=${hexOf(63, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'wecom-webhook',
    vendor: 'WeCom',
    title: 'Webhook of a WeCom robot',
    form: 'the URL of a webhook with a UUID',
    anchors: ['qyapi.weixin'],
    pattern: new RegExp(
      String.raw`qyapi\.weixin\.qq\.com/cgi-bin/webhook/send\?key=(?<secret>${UUID})(?![A-Za-z0-9-])`,
      'dg',
    ),
    remedy: 'Delete the robot in the settings of the group and add a new one.',
    examples: [
      `WECOM_WEBHOOK=https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${uuidOf(1)}`,
      `requests.post("https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=${uuidOf(2)}", json=data)`,
    ],
    nearMisses: [
      'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=YOUR_KEY',
      'https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
      `https://qyapi.weixin.qq.com/cgi-bin/gettoken?corpid=${uuidOf(1)}`,
    ],
  },
];
