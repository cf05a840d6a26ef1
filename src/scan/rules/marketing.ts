import { DISTINCT, distinct, hex } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { hexOf, mixedOf, notHere, uuidOf } from './example-values.ts';

const mailchimp = (salt: number): string => `${hexOf(32, salt)}-us${(salt % 21) + 1}`;
const klaviyo = (salt: number): string => `pk_${hexOf(34, salt)}`;
const intercom = (salt: number): string =>
  Buffer.from(`tok:${uuidOf(salt).replaceAll('-', '_')}:1:0`).toString('base64');

/** Newsletters and talks with customers. */
export const MARKETING_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'mailchimp-api-key',
    vendor: 'Mailchimp',
    title: 'Mailchimp API key',
    form: '32 lower-case hexadecimal digits, `-us` and the number of a data centre',
    anchors: ['-us1', '-us2', '-us3', '-us4', '-us5', '-us6', '-us7', '-us8', '-us9'],
    pattern: distinct(`${hex(32)}-us[1-9][0-9]?`, '(?![A-Za-z0-9-])'),
    remedy: 'Create a new API key in the Mailchimp account, move the apps to it, and revoke this one.',
    examples: [
      `MAILCHIMP_API_KEY=${mailchimp(1)}`,
      `curl -u anystring:${mailchimp(2)} https://us3.api.mailchimp.com/3.0/lists`,
      `client.setConfig({ apiKey: '${mailchimp(3)}', server: 'us4' })`,
    ],
    nearMisses: [
      ...notHere('MAILCHIMP_API_KEY'),
      `MAILCHIMP_API_KEY=${hexOf(31, 1)}-us6`,
      `MAILCHIMP_API_KEY=${hexOf(33, 1)}-us6`,
      `cache-${hexOf(32, 1)}-us6-east`,
      '0123456789abcdef0123456789abcdef-us1',
    ],
  },
  {
    ...DISTINCT,
    id: 'klaviyo-private-key',
    vendor: 'Klaviyo',
    title: 'Klaviyo private API key',
    form: '`pk_` and 34 lower-case hexadecimal digits near the name',
    anchors: ['klaviyo'],
    span: 200,
    pattern: distinct(`pk_${hex(34)}`),
    remedy: 'Create a new private API key in the Klaviyo account, move the apps to it, and delete this one.',
    examples: [
      `KLAVIYO_API_KEY=${klaviyo(1)}`,
      `curl -H 'Authorization: Klaviyo-API-Key ${klaviyo(2)}' https://a.klaviyo.com/api/profiles`,
      `const klaviyo = new ApiKeySession("${klaviyo(3)}");`,
    ],
    nearMisses: [
      ...notHere('KLAVIYO_API_KEY'),
      `KLAVIYO_API_KEY=pk_${hexOf(33, 1)}`,
      `klaviyo pk_live_${hexOf(34, 1)}`,
      `KLAVIYO_COMPANY_ID=${mixedOf(6, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'intercom-access-token',
    vendor: 'Intercom',
    title: 'Intercom access token',
    form: 'base64 of `tok:`, a UUID with `_`, and `:1:0`',
    // `tok:` in base64.
    anchors: ['dG9rO'],
    pattern: distinct('dG9rO[A-Za-z0-9]{49}oxOjA=', '(?![A-Za-z0-9=])'),
    remedy:
      'Regenerate the access token of the app in the Intercom developer hub; the old one stops at once.',
    examples: [
      `INTERCOM_ACCESS_TOKEN=${intercom(1)}`,
      `const client = new Intercom.Client({ token: '${intercom(2)}' });`,
    ],
    nearMisses: [
      ...notHere('INTERCOM_ACCESS_TOKEN'),
      'INTERCOM_ACCESS_TOKEN=dG9rOjE...',
      `token: ${Buffer.from(`tok:${hexOf(40, 1)}`).toString('base64')}`,
      `token: x${intercom(1)}`,
    ],
  },
];
