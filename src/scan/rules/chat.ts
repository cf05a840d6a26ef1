import { DISTINCT, distinct, hex, mixed, NAMED, owned, UUID } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { digitsOf, hexOf, lowerOf, mixedOf, notHere, urlSafeOf, uuidOf } from './example-values.ts';

const telegram = (salt: number): string => `9${digitsOf(9, salt)}:AAF${urlSafeOf(31, salt)}k`;
const line = (salt: number): string => `${mixedOf(168, salt)}/1O=`;
const discord = (salt: number): string =>
  `MT${mixedOf(22, salt)}.G${mixedOf(5, salt)}.${urlSafeOf(37, salt)}A`;
const discordHook = (salt: number): string => `${digitsOf(18, salt)}7/${urlSafeOf(67, salt)}A`;

/** Bots of messengers. */
export const CHAT_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'telegram-bot-token',
    vendor: 'Telegram',
    title: 'Telegram bot token',
    form: '8 to 10 digits, `:`, 35 letters, digits, `-` or `_`',
    anchors: ['telegram', 'tgram', ':AAE', ':AAF', ':AAG', ':AAH', 'bot_token', 'bottoken', 'tg_token'],
    span: 200,
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9_-]|\d:)(?:bot)?(?<secret>(?<id>[1-9]\d{7,9}):(?=[^0-9]{0,34}[0-9])(?=[^A-Z]{0,34}[A-Z])(?=[^a-z]{0,34}[a-z])[A-Za-z0-9_-]{35})(?![A-Za-z0-9_-])`,
      'dg',
    ),
    remedy: 'Revoke the token with /revoke at @BotFather; the bot gets a new one.',
    examples: [
      `TELEGRAM_BOT_TOKEN=${telegram(1)}`,
      `curl https://api.telegram.org/bot${telegram(2)}/getMe`,
      `updater = Updater("${telegram(3)}", use_context=True)`,
    ],
    nearMisses: [
      ...notHere('TELEGRAM_BOT_TOKEN'),
      `telegram chat ${digitsOf(10, 1)}`,
      `TELEGRAM_BOT_TOKEN=${telegram(1)}A`,
      'TELEGRAM_BOT_TOKEN=123456789:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
    ],
  },
  {
    ...NAMED,
    id: 'line-channel-access-token',
    vendor: 'LINE',
    title: 'LINE channel access token',
    form: '170 to 173 base64 characters beside the name',
    confidence: 'high',
    anchors: [
      'line_',
      'linebot',
      'line.me',
      'line-bot',
      '"line"',
      "'line'",
      'line:',
      '[line]',
      'lineclient',
      'linesecret',
      'linetoken',
      'linepassword',
      'linekey',
      'lineapi',
      'lineaccess',
      'linecredential',
      'channel_access_token',
      'channelaccesstoken',
      'channel-access-token',
      'channel access token',
      'channel.access',
      'channel_token',
      'channelToken',
    ],
    pattern: owned({
      vendor: String.raw`(?<![A-Za-z])line(?:[_\-]?(?:bot|messaging))?(?![a-z])`,
      names: String.raw`channel[_.\- ]?(?:access[_.\- ]?)?token|LineBotApi`,
      form: '(?=[^0-9]{0,60}[0-9])[A-Za-z0-9+/]{168,172}={1,2}',
      end: '(?![A-Za-z0-9=])',
    }),
    remedy: 'Reissue the channel access token in the LINE Developers console.',
    examples: [
      `LINE_CHANNEL_ACCESS_TOKEN=${line(1)}`,
      `const client = new line.Client({ channelAccessToken: '${line(2)}' });`,
    ],
    nearMisses: [
      ...notHere('LINE_CHANNEL_ACCESS_TOKEN'),
      `LINE_CHANNEL_ID=${digitsOf(10, 1)}`,
      `LINE_CHANNEL_ACCESS_TOKEN=${line(1).slice(8)}`,
    ],
  },
  {
    ...NAMED,
    id: 'line-channel-secret',
    vendor: 'LINE',
    title: 'LINE channel secret',
    form: '32 lower-case hexadecimal digits beside the name',
    anchors: ['line_', 'linebot', 'line.me', 'line-bot', 'line:', 'channel_secret', 'channelsecret'],
    pattern: owned({
      vendor: String.raw`(?<![A-Za-z])line(?:[_\-]?(?:bot|messaging))?(?![a-z])`,
      only: String.raw`channel[_.\- ]?secret`,
      form: hex(32),
    }),
    remedy: 'Reissue the channel secret in the LINE Developers console.',
    examples: [`LINE_CHANNEL_SECRET=${hexOf(32, 1)}`, `line:\n  channelSecret: ${hexOf(32, 2)}`],
    nearMisses: [
      ...notHere('LINE_CHANNEL_SECRET'),
      `LINE_CHANNEL_SECRET=${hexOf(33, 1)}`,
      `line channel_secret_hash: ${hexOf(32, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'discord-bot-token',
    vendor: 'Discord',
    title: 'Discord bot token',
    form: '24 to 26, 6, and 27 to 38 letters, digits, `-` or `_` with `.` between',
    anchors: ['discord', 'bot_token', 'bottoken', 'client.login', 'bot.run', 'client.run', 'bot.login'],
    span: 200,
    pattern: distinct(
      String.raw`[MNO][A-Za-z0-9]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,38}`,
      '(?![A-Za-z0-9_-])',
    ),
    remedy: 'Reset the token of the bot in the Discord developer portal.',
    examples: [`DISCORD_TOKEN=${discord(1)}`, `client.login("${discord(2)}");`],
    nearMisses: [
      ...notHere('DISCORD_TOKEN'),
      `DISCORD_CLIENT_ID=${digitsOf(18, 1)}`,
      `discord ${discord(1).slice(0, 40)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'discord-webhook',
    vendor: 'Discord',
    title: 'Discord webhook',
    form: 'the URL of a webhook with its id and token',
    anchors: ['/api/webhooks/', '/webhooks/'],
    pattern:
      /discord(?:app)?\.com\/api\/(?:v\d{1,2}\/)?webhooks\/(?<secret>(?<id>\d{17,20})\/[A-Za-z0-9_-]{60,72})(?![A-Za-z0-9_-])/dg,
    remedy: 'Delete the webhook in the channel settings and create a new one.',
    examples: [
      `DISCORD_WEBHOOK=https://discord.com/api/webhooks/${discordHook(1)}`,
      `requests.post("https://discordapp.com/api/webhooks/${discordHook(2)}")`,
    ],
    nearMisses: [
      'https://discord.com/api/webhooks/<id>/<token>',
      `https://discord.com/api/webhooks/${digitsOf(18, 1)}`,
      `https://discord.com/channels/${digitsOf(18, 1)}/${digitsOf(18, 2)}`,
    ],
  },
  {
    ...NAMED,
    id: 'lark-app-secret',
    vendor: 'Lark',
    title: 'Lark (Feishu) app secret',
    form: '32 letters and digits of both cases beside the name',
    anchors: ['lark', 'feishu', { prefix: 'cli_', hex: 16 }],
    pattern: owned({ vendor: 'lark(?:suite)?|feishu', names: `(?<=["']),`, form: mixed(32) }),
    remedy: 'Reset the app secret in the Lark developer console.',
    examples: [
      `FEISHU_APP_SECRET=${mixedOf(32, 1)}`,
      `lark.Client({ appId: 'cli_${hexOf(16, 1)}', appSecret: '${mixedOf(32, 2)}' })`,
    ],
    nearMisses: [
      ...notHere('FEISHU_APP_SECRET'),
      `FEISHU_APP_ID=cli_${hexOf(16, 1)}`,
      `FEISHU_APP_SECRET=${mixedOf(33, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'lark-webhook',
    vendor: 'Lark',
    title: 'Lark (Feishu) bot webhook',
    form: 'the URL of a custom bot with its UUID',
    anchors: ['/open-apis/bot/'],
    pattern: new RegExp(
      String.raw`open\.(?:feishu\.cn|larksuite\.com)/open-apis/bot/v2/hook/(?<secret>${UUID})(?![A-Za-z0-9-])`,
      'dg',
    ),
    remedy: 'Remove the custom bot from the group and add a new one with a signature check.',
    examples: [
      `FEISHU_WEBHOOK=https://open.feishu.cn/open-apis/bot/v2/hook/${uuidOf(1)}`,
      `requests.post('https://open.larksuite.com/open-apis/bot/v2/hook/${uuidOf(2)}')`,
    ],
    nearMisses: [
      'https://open.feishu.cn/open-apis/bot/v2/hook/xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx',
      'https://open.feishu.cn/open-apis/bot/v2/hook/${TOKEN}',
      `https://open.feishu.cn/open-apis/im/v1/chats/oc_${lowerOf(32, 1)}`,
    ],
  },
];
