import {
  alphanumeric,
  DISTINCT,
  distinct,
  hex,
  NAMED,
  owned,
  UUID,
} from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { hexOf, mixedOf, notHere, urlSafeOf, uuidBytesOf, uuidOf } from './example-values.ts';

const sendgrid = (salt: number): string => `SG.${uuidBytesOf(salt)}.${urlSafeOf(42, salt)}A`;
const brevo = (salt: number): string => `xkeysib-${hexOf(64, salt)}-${mixedOf(16, salt)}`;
const mailgun = (salt: number): string => `${hexOf(32, salt)}-${hexOf(8, salt)}-${hexOf(8, salt + 1)}`;

/** Services that send mail, and whose keys are known by their own form. */
export const EMAIL_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'sendgrid-api-key',
    vendor: 'SendGrid',
    title: 'SendGrid API key',
    form: '`SG.`, 22 characters (the bytes of a UUID), `.`, 43 characters',
    anchors: ['sendgrid', '=SG.', '"SG.', "'SG.", ' SG.', ':SG.', '`SG.', '>SG.', '\tSG.', '\nSG.', '/SG.'],
    pattern: distinct('SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}', '(?![A-Za-z0-9_-])'),
    structure: 'uuid4-base64',
    structureDecides: true,
    remedy:
      'Create a new API key in SendGrid with the fewest scopes, move the apps to it, and delete this one.',
    examples: [
      `SENDGRID_API_KEY=${sendgrid(1)}`,
      `SMTP_PASSWORD: "${sendgrid(2)}"`,
      `curl -H 'Authorization: Bearer ${sendgrid(3)}' https://api.sendgrid.com/v3/scopes`,
    ],
    nearMisses: [
      ...notHere('SENDGRID_API_KEY'),
      `SENDGRID_API_KEY=${sendgrid(1)}b`,
      `SENDGRID_API_KEY=${sendgrid(1).slice(0, -1)}`,
      `SENDGRID_API_KEY=SG.${mixedOf(21, 5)}A.${urlSafeOf(42, 1)}A`,
      `sendgrid template d-${hexOf(32)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'mailgun-private-key',
    vendor: 'Mailgun',
    title: 'Mailgun private key of the older form',
    form: '`key-` and 32 lower-case hexadecimal digits',
    anchors: [{ prefix: 'key-', hex: 32 }],
    pattern: distinct(`key-${hex(32)}`),
    remedy: 'Create a new API key in Mailgun, move the apps to it, and delete this one.',
    examples: [
      `MAILGUN_API_KEY=key-${hexOf(32)}`,
      `$mg = Mailgun::create('key-${hexOf(32, 1)}');`,
      `curl -s --user 'api:key-${hexOf(32, 2)}' https://api.mailgun.net/v3/domains`,
    ],
    nearMisses: [
      ...notHere('MAILGUN_API_KEY'),
      `MAILGUN_PUBLIC_KEY=pubkey-${hexOf(32)}`,
      `data-key-${hexOf(31)}`,
      `key-${hexOf(40)}`,
      'key-3ax6xnjp29jd6fds4gc373sgvjxteol0',
    ],
  },
  {
    ...DISTINCT,
    id: 'mailgun-api-key',
    vendor: 'Mailgun',
    title: 'Mailgun API or signing key',
    form: '32, 8 and 8 lower-case hexadecimal digits with `-` between',
    anchors: ['mailgun', 'mg_api', 'mg_key', 'mgapi', 'mg_sign', 'api:'],
    span: 256,
    pattern: distinct(`${hex(32)}-[0-9a-f]{8}-[0-9a-f]{8}`),
    remedy: 'Create a new API key in Mailgun, move the apps to it, and delete this one.',
    examples: [
      `MAILGUN_API_KEY=${mailgun(1)}`,
      `mailgun:\n  domain: mg.example.com\n  region: eu\n  signing_key: '${mailgun(2)}'`,
      `https://api:${mailgun(3)}@api.mailgun.net/v3/domains`,
    ],
    nearMisses: [
      ...notHere('MAILGUN_API_KEY'),
      `MAILGUN_REQUEST=${uuidOf(1)}`,
      `MAILGUN_API_KEY=${hexOf(32)}-${hexOf(8)}`,
      `MAILGUN_API_KEY=${mailgun(1)}0`,
    ],
  },
  {
    ...DISTINCT,
    id: 'brevo-api-key',
    vendor: 'Brevo',
    title: 'Brevo (Sendinblue) API or SMTP key',
    form: '`xkeysib-` or `xsmtpsib-`, 64 lower-case hexadecimal digits, `-`, 16 letters or digits',
    anchors: ['xkeysib-', 'xsmtpsib-'],
    pattern: distinct('x(?:key|smtp)sib-[0-9a-f]{64}-[A-Za-z0-9]{16}'),
    remedy: 'Create a new key under SMTP & API in Brevo, move the apps to it, and delete this one.',
    examples: [
      `BREVO_API_KEY=${brevo(1)}`,
      `apiInstance.authentications['apiKey'].apiKey = "${brevo(2)}"`,
      `MAIL_PASSWORD=${brevo(3).replace('xkeysib', 'xsmtpsib')}`,
    ],
    nearMisses: [
      'BREVO_API_KEY=xkeysib-your-key-here',
      `BREVO_API_KEY=xkeysib-${hexOf(64)}`,
      `BREVO_API_KEY=${brevo(1)}Z`,
      'apiKey: process.env.XKEYSIB',
    ],
  },
  {
    ...DISTINCT,
    id: 'mailersend-api-token',
    vendor: 'MailerSend',
    title: 'MailerSend API token',
    form: '`mlsn.` and 30 to 100 letters and digits',
    anchors: ['mlsn.'],
    pattern: distinct(`mlsn\\.${alphanumeric(30, 100)}`),
    remedy: 'Create a new token in MailerSend, move the apps to it, and delete this one.',
    examples: [`MAILERSEND_API_KEY=mlsn.${hexOf(64, 1)}`, `apiKey: 'mlsn.${mixedOf(70)}'`],
    nearMisses: [
      'MAILERSEND_API_KEY=mlsn.xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
      `mlsn.${mixedOf(20)}`,
      'import { MailerSend } from "mlsn.client";',
    ],
  },
  {
    ...DISTINCT,
    id: 'resend-api-key',
    vendor: 'Resend',
    title: 'Resend API key',
    form: '`re_`, 8 letters and digits, `_`, 24 letters and digits',
    anchors: ['resend', '=re_', '"re_', "'re_", ' re_', ':re_'],
    span: 200,
    pattern: distinct(`re_${alphanumeric(8)}_${alphanumeric(24)}`),
    remedy: 'Create a new API key in Resend, move the apps to it, and delete this one.',
    examples: [
      `RESEND_API_KEY=re_${mixedOf(8, 1)}_${mixedOf(24, 1)}`,
      `const resend = new Resend('re_${mixedOf(8, 3)}_${mixedOf(24, 2)}');`,
    ],
    nearMisses: [
      ...notHere('RESEND_API_KEY'),
      "new Resend('re_123456789')",
      `resend re_${mixedOf(8, 1)}_${mixedOf(23, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'postmark-server-token',
    vendor: 'Postmark',
    title: 'Postmark server or account token',
    form: 'a UUID beside the name',
    anchors: ['postmark'],
    pattern: owned({
      vendor: 'postmark',
      names: String.raw`server[_.\- ]?token|ServerClient|AccountClient`,
      form: UUID,
    }),
    remedy: 'Rotate the token in the API Tokens tab of the Postmark server.',
    examples: [
      `POSTMARK_SERVER_TOKEN=${uuidOf(1)}`,
      `const client = new postmark.ServerClient("${uuidOf(2)}");`,
      `curl -H "X-Postmark-Server-Token: ${uuidOf(3)}"`,
    ],
    nearMisses: [
      ...notHere('POSTMARK_SERVER_TOKEN'),
      `postmark message_id: ${uuidOf(1)}`,
      'POSTMARK_SERVER_TOKEN=00000000-0000-0000-0000-000000000000',
      `POSTMARK_TOKEN_ID=${uuidOf(1)}`,
    ],
  },
];
