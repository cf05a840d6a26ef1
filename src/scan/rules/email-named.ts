import {
  alphanumeric,
  hex,
  mixed,
  NAMED,
  owned,
  paired,
  urlSafe,
  SECRET_NAME,
} from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { hexOf, mixedOf, notHere, urlSafeOf, uuidOf } from './example-values.ts';

/** Services that send mail, and whose keys need the vendor's name beside them. */
export const NAMED_EMAIL_RULES: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'mailjet-secret-key',
    vendor: 'Mailjet',
    title: 'Mailjet secret key',
    form: '32 letters and digits beside the name',
    anchors: ['mailjet', 'mj_api', 'mj_key', 'mj_secret', 'mj_private', 'mj_pass', 'mjapi'],
    pattern: owned({
      vendor: 'mailjet|mj',
      only: String.raw`secret[_.\- ]?key|private(?:[_.\- ]?key)?|key[_.\- ]?private|${SECRET_NAME}`,
      form: alphanumeric(32),
    }),
    remedy: 'Reset the secret key, or create a new API key, under API key management in Mailjet.',
    examples: [
      `MJ_APIKEY_PRIVATE=${hexOf(32, 1)}`,
      `mailjet:\n  api_key: ${hexOf(32, 2)}\n  api_secret: ${hexOf(32, 3)}`,
      `MAILJET_SECRET_KEY="${hexOf(32, 4)}"`,
    ],
    nearMisses: [
      ...notHere('MAILJET_SECRET_KEY'),
      `MJ_APIKEY_PUBLIC=${hexOf(32, 1)}`,
      `MAILJET_SECRET_KEY=${hexOf(31, 1)}`,
      `mailjet integrity: ${hexOf(32, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'mailjet-key-pair',
    vendor: 'Mailjet',
    title: 'Mailjet API key with its secret key',
    form: 'twice 32 lower-case hexadecimal digits',
    anchors: ['mailjet'],
    pattern: paired('[0-9a-f]{32}', hex(32)),
    remedy: 'Reset the secret key, or create a new API key, under API key management in Mailjet.',
    examples: [
      `curl -u "${hexOf(32, 1)}:${hexOf(32, 2)}" https://api.mailjet.com/v3.1/send`,
      `Mailjet.apiConnect('${hexOf(32, 3)}', '${hexOf(32, 4)}')`,
    ],
    nearMisses: [
      `curl -u "${hexOf(32, 1)}:$MJ_APIKEY_PRIVATE" https://api.mailjet.com/v3.1/send`,
      `Mailjet.apiConnect('${hexOf(32, 3)}', process.env.SECRET)`,
      `mailjet-${hexOf(32, 1)}.${hexOf(32, 2)}`,
    ],
  },
  {
    ...NAMED,
    id: 'mandrill-api-key',
    vendor: 'Mandrill',
    title: 'Mandrill (Mailchimp Transactional) API key',
    form: '22 letters, digits, `-` or `_`, perhaps after `md-`, beside the name',
    anchors: ['mandrill'],
    pattern: owned({
      vendor: 'mandrill',
      form: `(?:md-)?${urlSafe(22)}`,
      end: '(?![A-Za-z0-9_-])',
    }),
    remedy: 'Create a new key in the Mandrill settings, move the apps to it, and delete this one.',
    examples: [
      `MANDRILL_API_KEY=md-${mixedOf(22, 1)}`,
      `$mandrill = new Mandrill('${mixedOf(22, 2)}');`,
      `smtp: { host: 'smtp.mandrillapp.com', password: '${mixedOf(22, 3)}' }`,
    ],
    nearMisses: [
      ...notHere('MANDRILL_API_KEY'),
      "new Mandrill('getTemplateByNameOrSlug')",
      `MANDRILL_API_KEY=${mixedOf(23, 1)}`,
      `mandrill webhook_id: ${mixedOf(22, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'sparkpost-api-key',
    vendor: 'SparkPost',
    title: 'SparkPost API key',
    form: '40 letters and digits beside the name',
    anchors: ['sparkpost'],
    pattern: owned({
      vendor: 'sparkpost',
      form: alphanumeric(40),
    }),
    remedy: 'Create a new API key in SparkPost, move the apps to it, and delete this one.',
    examples: [
      `SPARKPOST_API_KEY=${hexOf(40, 1)}`,
      `const client = new SparkPost('${hexOf(40, 2)}');`,
      `'sparkpost' => [\n    'secret' => '${mixedOf(40, 3)}',\n]`,
    ],
    nearMisses: [
      ...notHere('SPARKPOST_API_KEY'),
      `sparkpost commit ${hexOf(40, 1)}`,
      `SPARKPOST_API_KEY=${hexOf(41, 1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'elastic-email-api-key',
    vendor: 'Elastic Email',
    title: 'Elastic Email API key',
    form: '96 letters, digits, `-` or `_` beside the name',
    anchors: ['elasticemail', 'elastic_email', 'elastic-email', 'elastic email'],
    pattern: owned({
      vendor: String.raw`elastic[_\- ]?email`,
      form: `(?=[A-Za-z_-]{0,95}[0-9])(?=[0-9_-]{0,95}[A-Za-z])[A-Za-z0-9_-]{96}`,
      end: '(?![A-Za-z0-9_-])',
    }),
    remedy: 'Create a new API key in the Elastic Email settings, move the apps to it, and delete this one.',
    examples: [
      `ELASTICEMAIL_API_KEY=${hexOf(96, 1).toUpperCase()}`,
      `elastic_email:\n  apikey: "${urlSafeOf(96, 2)}"`,
    ],
    nearMisses: [
      ...notHere('ELASTICEMAIL_API_KEY'),
      `ELASTICEMAIL_API_KEY=${hexOf(95, 1)}`,
      `ELASTICEMAIL_PUBLIC_ACCOUNT_ID=${uuidOf(1)}`,
    ],
  },
  {
    ...NAMED,
    id: 'courier-auth-token',
    vendor: 'Courier',
    title: 'Courier API key',
    form: '`pk_`, the environment, `_`, 28 upper-case letters and digits',
    anchors: ['courier', 'pk_prod_'],
    confidence: 'high',
    pattern: new RegExp(
      `(?<![A-Za-z0-9])(?<secret>pk_[a-z]{1,12}_${mixed(28).replace('(?=[0-9A-Z]{0,27}[a-z])', '')})(?![A-Za-z0-9])`,
      'dg',
    ),
    remedy: 'Roll the key under API Keys in the Courier settings.',
    examples: [
      `COURIER_AUTH_TOKEN=pk_prod_${mixedOf(28, 1).toUpperCase()}`,
      `CourierClient({ authorizationToken: "pk_test_${mixedOf(28, 2).toUpperCase()}" })`,
    ],
    nearMisses: [
      'COURIER_AUTH_TOKEN=pk_prod_XXXXXXXXXXXXXXXXXXXXXXXXXXXX',
      `STRIPE_KEY=pk_test_${mixedOf(24, 1)} # courier`,
      `COURIER_AUTH_TOKEN=pk_prod_${mixedOf(29, 1).toUpperCase()}`,
      'authorizationToken: process.env.COURIER_AUTH_TOKEN',
    ],
  },
];
