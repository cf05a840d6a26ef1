import { DISTINCT } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { base32Of, hexOf, mixedOf, urlSafeOf, uuidOf } from './example-values.ts';

/** A value with a prefix, and how long it can be. */
interface Prefixed {
  /** Rule of the plain value. */
  readonly rule: string;
  readonly vendor: string;
  readonly title: string;
  readonly prefix: string;
  readonly least: number;
  readonly most?: number;
  readonly example: (salt: number) => string;
}

const VALUES: readonly Prefixed[] = [
  {
    rule: 'retell-api-key',
    vendor: 'Retell AI',
    title: 'Retell AI API key',
    prefix: 'key_',
    least: 32,
    example: (salt) => `key_${hexOf(28, salt)}`,
  },
  {
    rule: 'azure-communication-key',
    vendor: 'Azure Communication Services',
    title: 'Azure Communication Services connection string',
    prefix: 'endpoint=https://',
    least: 120,
    most: 210,
    example: (salt) =>
      `endpoint=https://shop.communication.azure.com/;accesskey=${Buffer.from(hexOf(128, salt), 'hex').toString('base64')}`,
  },
  {
    rule: 'sendgrid-api-key',
    vendor: 'SendGrid',
    title: 'SendGrid API key',
    prefix: 'SG.',
    least: 69,
    example: (salt) => `SG.${urlSafeOf(22, salt)}.${urlSafeOf(43, salt)}`,
  },
  {
    rule: 'brevo-api-key',
    vendor: 'Brevo',
    title: 'Brevo (Sendinblue) API key',
    prefix: 'xkeysib-',
    least: 89,
    example: (salt) => `xkeysib-${hexOf(64, salt)}-${mixedOf(16, salt)}`,
  },
  {
    rule: 'mailersend-api-token',
    vendor: 'MailerSend',
    title: 'MailerSend API token',
    prefix: 'mlsn.',
    least: 35,
    most: 105,
    example: (salt) => `mlsn.${hexOf(64, salt)}`,
  },
  {
    rule: 'mailgun-private-key',
    vendor: 'Mailgun',
    title: 'Mailgun private key of the older form',
    prefix: 'key-',
    least: 36,
    example: (salt) => `key-${hexOf(32, salt)}`,
  },
  {
    rule: 'pubnub-secret-key',
    vendor: 'PubNub',
    title: 'PubNub secret key',
    prefix: 'sec-c-',
    least: 54,
    example: (salt) => `sec-c-${Buffer.from(uuidOf(salt)).toString('base64')}`,
  },
  {
    rule: 'africas-talking-api-key',
    vendor: 'Africa’s Talking',
    title: 'Africa’s Talking API key',
    prefix: 'atsk_',
    least: 77,
    example: (salt) => `atsk_${hexOf(72, salt)}`,
  },
  {
    rule: 'onesignal-api-key',
    vendor: 'OneSignal',
    title: 'OneSignal API key',
    prefix: 'os_v2_',
    least: 113,
    example: (salt) => `os_v2_app_${base32Of(103, salt)}`,
  },
  {
    rule: 'courier-auth-token',
    vendor: 'Courier',
    title: 'Courier API key',
    prefix: 'pk_prod_',
    least: 36,
    example: (salt) => `pk_prod_${mixedOf(28, salt).toUpperCase()}`,
  },
  {
    rule: 'gc-notify-api-key',
    vendor: 'GC Notify',
    title: 'GC Notify API key',
    prefix: 'gcntfy-',
    least: 82,
    most: 142,
    example: (salt) => `gcntfy-shop-${uuidOf(salt)}-${uuidOf(salt + 1)}`,
  },
  {
    rule: 'slack-bot-token',
    vendor: 'Slack',
    title: 'Slack bot token',
    prefix: 'xoxb-',
    least: 49,
    most: 60,
    example: (salt) => `xoxb-123456789012-1234567890123-${mixedOf(24, salt)}`,
  },
  {
    rule: 'slack-user-token',
    vendor: 'Slack',
    title: 'Slack user token',
    prefix: 'xoxp-',
    least: 67,
    most: 85,
    example: (salt) => `xoxp-123456789012-123456789012-1234567890123-${hexOf(32, salt)}`,
  },
  {
    rule: 'slack-webhook',
    vendor: 'Slack',
    title: 'Slack incoming webhook',
    prefix: 'https://hooks.slack.com/services/T',
    least: 75,
    most: 86,
    example: (salt) =>
      `https://hooks.slack.com/services/T0${hexOf(8, salt).toUpperCase()}/B0${hexOf(8, salt).toUpperCase()}/${mixedOf(24, salt)}`,
  },
  {
    rule: 'discord-webhook',
    vendor: 'Discord',
    title: 'Discord webhook',
    prefix: 'https://discord.com/api/webhooks/',
    least: 110,
    most: 126,
    example: (salt) => `https://discord.com/api/webhooks/123456789012345678/${urlSafeOf(68, salt)}`,
  },
];

/** The characters of base64 that the prefix alone decides. */
const certain = (prefix: string): string =>
  Buffer.from(prefix)
    .toString('base64')
    .slice(0, Math.floor((prefix.length * 4) / 3));

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function ruleOf({ rule, vendor, title, prefix, least, most = least, example }: Prefixed): LeakRule {
  const start = certain(prefix);
  // A line end is often encoded with the value.
  const rest = [least, most + 1].map((length) => Math.ceil((length * 4) / 3) - start.length);
  const name = rule.replaceAll('-', '_').toUpperCase();
  return {
    ...DISTINCT,
    id: `${rule}-base64`,
    vendor,
    title: `${title}, in base64`,
    form: `base64 of a value that begins with \`${prefix}\``,
    confidence: 'medium',
    anchors: [start],
    span: 220,
    pattern: new RegExp(
      String.raw`(?<![A-Za-z0-9+/=_-])(?<secret>${start}[A-Za-z0-9+/]{${rest.join(',')}}={0,2})(?![A-Za-z0-9+/=_-])`,
      'dg',
    ),
    remedy: 'Base64 hides nothing: replace the key at the vendor as if it stood here in clear.',
    examples: [`data:\n  ${name}: ${base64(example(1))}`, `"apiKey": "${base64(example(2))}"`],
    nearMisses: [
      `data:\n  ${name}: ${base64(prefix)}`,
      `data:\n  ${name}: ${base64(example(1).slice(0, 20))}`,
      `data:\n  ${name}: ${base64(`${example(1)}${example(2)}`)}`,
      `data:\n  ${name}: ${base64(example(1).slice(1))}`,
    ],
  };
}

/** Keys in base64, as Kubernetes keeps secrets: a prefix has one form there, whatever follows. */
export const ENCODED_RULES: readonly LeakRule[] = VALUES.map(ruleOf);
