import { DISTINCT, distinct, hex, mixed, UUID } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { digitsOf, hexOf, mixedOf, urlSafeOf, uuidOf } from './example-values.ts';

const numbers = (salt: number): string => `1${digitsOf(11, salt)}-1${digitsOf(12, salt)}`;
const bot = (salt: number): string => `xoxb-${numbers(salt)}-${mixedOf(24, salt)}`;
const user = (salt: number): string => `xoxp-${numbers(salt)}-1${digitsOf(12, salt + 7)}-${hexOf(32, salt)}`;
const app = (salt: number): string =>
  `xapp-1-A${mixedOf(10, salt).toUpperCase()}-1${digitsOf(12, salt)}-${hexOf(64, salt)}`;
const hook = (salt: number): string =>
  `T${mixedOf(9, salt).toUpperCase()}/B${mixedOf(10, salt).toUpperCase()}/${mixedOf(24, salt)}`;
const webex = (salt: number): string => `${mixedOf(64, salt)}_${mixedOf(4, salt)}_${uuidOf(salt)}`;
const teams = (salt: number): string =>
  `${uuidOf(salt)}@${uuidOf(salt + 1)}/IncomingWebhook/${hexOf(32, salt)}/${uuidOf(salt + 2)}`;
const gcNotify = (salt: number): string => `gcntfy-shop_live-${uuidOf(salt)}-${uuidOf(salt + 1)}`;

/** Rooms and teams. */
export const COLLABORATION_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'slack-bot-token',
    vendor: 'Slack',
    title: 'Slack bot token',
    form: '`xoxb-`, two numbers, 24 letters and digits',
    anchors: ['xoxb-'],
    pattern: distinct(`xoxb-[0-9]{9,14}-(?:[0-9]{9,14}-)?${mixed(24)}`),
    remedy: 'Revoke the token with auth.revoke, or reinstall the app, in the Slack app settings.',
    examples: [`SLACK_BOT_TOKEN=${bot(1)}`, `WebClient(token="${bot(2)}")`],
    nearMisses: [
      'SLACK_BOT_TOKEN=xoxb-your-token',
      'SLACK_BOT_TOKEN=xoxb-XXXXXXXXXXXX-XXXXXXXXXXXX-XXXXXXXXXXXXXXXXXXXXXXXX',
      `xoxb-${numbers(1)}`,
      'token: process.env.XOXB',
    ],
  },
  {
    ...DISTINCT,
    id: 'slack-user-token',
    vendor: 'Slack',
    title: 'Slack user token',
    form: '`xoxp-` or its kin, three numbers, 32 lower-case hexadecimal digits',
    anchors: ['xoxp-', 'xoxe-', 'xoxe.', 'xoxa-', 'xoxs-'],
    pattern: distinct(`xox[pase]-(?:[0-9]{9,14}-){3}${hex(32)}`),
    remedy: 'Revoke the token with auth.revoke, or reinstall the app, in the Slack app settings.',
    examples: [`SLACK_USER_TOKEN=${user(1)}`, `{"token": "${user(2)}"}`],
    nearMisses: ['SLACK_TOKEN=xoxp-your-token', `xoxp-${numbers(1)}`, 'xoxp-1234-5678-9012-abcdef'],
  },
  {
    ...DISTINCT,
    id: 'slack-app-token',
    vendor: 'Slack',
    title: 'Slack app-level token',
    form: '`xapp-`, the app, a number, 64 lower-case hexadecimal digits',
    anchors: ['xapp-'],
    pattern: distinct(`xapp-[0-9]-A[A-Z0-9]{8,12}-[0-9]{9,14}-${hex(64)}`),
    remedy: 'Revoke the app-level token in the Slack app settings.',
    examples: [`SLACK_APP_TOKEN=${app(1)}`, `SocketModeClient(app_token='${app(2)}')`],
    nearMisses: ['SLACK_APP_TOKEN=xapp-1-...', `${app(1)}0`, 'appToken: process.env.XAPP_TOKEN'],
  },
  {
    ...DISTINCT,
    id: 'slack-rotating-token',
    vendor: 'Slack',
    title: 'Slack configuration, rotating or refresh token',
    form: '`xoxe.xoxp-1-`, `xoxe.xoxb-1-` or `xoxe-1-`, then 140 to 170 letters and digits',
    anchors: ['xoxe.xox', 'xoxe-1-'],
    span: 200,
    pattern: distinct(`xoxe(?:\\.xox[bp]-1-${mixed(150, 170)}|-1-${mixed(140, 150)})`),
    remedy:
      'Revoke the token with auth.revoke, or make a new configuration token, in the Slack app settings.',
    examples: [
      `SLACK_CONFIG_TOKEN=xoxe.xoxp-1-${mixedOf(166, 1)}`,
      `"refresh_token": "xoxe-1-${mixedOf(147, 2)}"`,
    ],
    nearMisses: [
      'SLACK_CONFIG_TOKEN=xoxe.xoxp-1-...',
      `SLACK_CONFIG_TOKEN=xoxe.xoxp-1-${mixedOf(40, 1)}`,
      'refreshToken: process.env.XOXE_TOKEN',
    ],
  },
  {
    ...DISTINCT,
    id: 'slack-webhook',
    vendor: 'Slack',
    title: 'Slack incoming webhook',
    form: 'the URL of a webhook with team, bot and 24 letters and digits',
    anchors: ['hooks.slack.com'],
    pattern: new RegExp(
      String.raw`hooks\.slack\.com/(?:(?:services|workflows)/(?<secret>[TE][A-Z0-9]{7,12}/[AB][A-Z0-9]{7,12}/(?:[0-9]{15,20}/)?${mixed(24)})|triggers/(?<secret>[TE][A-Z0-9]{7,12}/[0-9]{10,16}/${hex(32)}))(?![A-Za-z0-9])`,
      'dg',
    ),
    remedy: 'Remove the webhook in the Slack app settings and add a new one.',
    examples: [
      `SLACK_WEBHOOK_URL=https://hooks.slack.com/services/${hook(1)}`,
      `curl -X POST 'https://hooks.slack.com/services/${hook(2)}'`,
      `trigger_url = "https://hooks.slack.com/triggers/T0${hexOf(8, 3).toUpperCase()}/1${digitsOf(12, 3)}/${hexOf(32, 3)}"`,
    ],
    nearMisses: [
      'https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX',
      'https://hooks.slack.com/services/${SLACK_PATH}',
      `https://hooks.slack.com/services/T${digitsOf(8)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'webex-bot-token',
    vendor: 'Webex',
    title: 'Webex access token',
    form: '64 letters and digits, `_`, 4, `_`, a UUID',
    anchors: ['webex', 'ciscospark', 'cisco', 'bot_token', 'bearer '],
    span: 256,
    pattern: distinct(`${mixed(64)}_[A-Za-z0-9]{4}_${UUID}`, '(?![A-Za-z0-9-])'),
    remedy: 'Regenerate the access token of the bot in the Webex developer portal.',
    examples: [
      `WEBEX_TOKEN=${webex(1)}`,
      `curl -H 'Authorization: Bearer ${webex(2)}' https://webexapis.com/v1/people/me`,
    ],
    nearMisses: ['WEBEX_TOKEN=your_token', `WEBEX_TOKEN=${mixedOf(64)}`, `webex room ${uuidOf(1)}`],
  },
  {
    ...DISTINCT,
    id: 'teams-webhook',
    vendor: 'Microsoft Teams',
    title: 'Microsoft Teams incoming webhook',
    form: 'the URL of a webhook with its UUIDs',
    anchors: ['webhook.office.com', 'outlook.office.com/webhook'],
    span: 256,
    pattern: new RegExp(
      String.raw`office\.com/webhook(?:b2)?/(?<secret>${UUID}@${UUID}/IncomingWebhook/[0-9a-f]{32}/${UUID})(?![A-Za-z0-9-])`,
      'dg',
    ),
    remedy: 'Remove the connector from the channel and set up a new workflow.',
    examples: [
      `TEAMS_WEBHOOK=https://shop.webhook.office.com/webhookb2/${teams(1)}`,
      `pymsteams.connectorcard("https://outlook.office.com/webhook/${teams(2)}")`,
    ],
    nearMisses: [
      'https://outlook.office.com/webhook/<id>/IncomingWebhook/<token>',
      'https://shop.webhook.office.com/webhookb2/${TEAMS_PATH}',
      `https://shop.webhook.office.com/webhookb2/${uuidOf(1)}@${uuidOf(2)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'google-chat-webhook',
    vendor: 'Google Chat',
    title: 'Google Chat webhook',
    form: 'the URL of a webhook with key and token',
    anchors: ['chat.googleapis.com'],
    span: 256,
    pattern:
      /chat\.googleapis\.com\/v1\/spaces\/[A-Za-z0-9_-]{6,20}\/messages\?[A-Za-z0-9_\-=&%]{1,80}?token=(?<secret>[A-Za-z0-9_-]{40,60}(?:%3D|=)?)(?![A-Za-z0-9_-])/dg,
    remedy: 'Delete the webhook in the settings of the space and add a new one.',
    examples: [
      `CHAT_URL="https://chat.googleapis.com/v1/spaces/AAAA${mixedOf(7)}/messages?key=AI${mixedOf(37)}&token=${urlSafeOf(42, 1)}A%3D"`,
      `fetch('https://chat.googleapis.com/v1/spaces/AAAA${mixedOf(7, 1)}/messages?key=AI${mixedOf(37, 1)}&token=${mixedOf(43, 2)}')`,
    ],
    nearMisses: [
      'https://chat.googleapis.com/v1/spaces/SPACE/messages?key=KEY&token=TOKEN',
      `https://chat.googleapis.com/v1/spaces/AAAA${mixedOf(7)}/messages`,
      'https://chat.googleapis.com/v1/spaces/${SPACE}/messages?key=${KEY}&token=${TOKEN}',
    ],
  },
  {
    ...DISTINCT,
    id: 'gc-notify-api-key',
    vendor: 'GC Notify',
    title: 'GC Notify API key',
    form: '`gcntfy-`, a name, two UUIDs',
    anchors: ['gcntfy-'],
    span: 200,
    pattern: distinct(String.raw`gcntfy-[\w\-]{1,60}?-${UUID}-${UUID}`, '(?![A-Za-z0-9-])'),
    remedy: 'Create a new API key of the service in GC Notify and revoke this one.',
    examples: [`NOTIFY_API_KEY=${gcNotify(1)}`, `client = NotificationsAPIClient("${gcNotify(2)}")`],
    nearMisses: [
      'NOTIFY_API_KEY=gcntfy-your-key',
      `gcntfy-shop-${uuidOf(1)}`,
      'NotificationsAPIClient(os.environ["gcntfy-key"])',
    ],
  },
];
