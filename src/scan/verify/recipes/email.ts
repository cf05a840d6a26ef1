import { memberOf, type Answer, type Recipe } from '../recipe.ts';

const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one) => typeof one === 'string') : [];

const isRestricted = ({ json }: Answer): boolean => memberOf(json, 'name') === 'restricted_api_key';

/** Mail. */
export const EMAIL_RECIPES: readonly Recipe[] = [
  {
    rules: ['sendgrid-api-key'],
    hosts: ['api.sendgrid.com'],
    path: '/v3/scopes',
    credential: { bearer: '{secret}' },
    forbidsKnown: true,
    reach: ({ json }) => texts(memberOf(json, 'scopes')),
    source: 'https://docs.sendgrid.com/api-reference/api-key-permissions',
  },
  {
    rules: ['mailgun-private-key', 'mailgun-api-key'],
    hosts: ['api.mailgun.net', 'api.eu.mailgun.net'],
    path: '/v3/domains',
    query: 'limit=1',
    credential: { basic: ['api', '{secret}'] },
    // A key that may only send for its domain is refused here with 403.
    forbidsKnown: true,
    source: 'https://documentation.mailgun.com/docs/mailgun/api-reference',
  },
  {
    rules: ['brevo-api-key'],
    hosts: ['api.brevo.com'],
    path: '/v3/account',
    credential: { header: ['api-key', '{secret}'] },
    // A known key from an address that is not authorised gets a 401 too, with another text.
    means: ({ status, text }) => (status === 401 && /\bIP\b/.test(text) ? 'restricted' : null),
    reach: ({ json }) => texts([memberOf(json, 'companyName')]),
    source: 'https://developers.brevo.com/reference/getaccount',
  },
  {
    rules: ['mailersend-api-token'],
    hosts: ['api.mailersend.com'],
    path: '/v1/api-quota',
    credential: { bearer: '{secret}' },
    forbidsKnown: true,
    source: 'https://developers.mailersend.com/api/v1/api-quota.html',
  },
  {
    rules: ['resend-api-key'],
    hosts: ['api.resend.com'],
    path: '/domains',
    credential: { bearer: '{secret}' },
    means: (answer) => {
      if (isRestricted(answer)) return 'restricted';
      return answer.status === 400 && /API key is invalid/i.test(answer.text) ? 'revoked' : null;
    },
    source: 'https://resend.com/docs/api-reference/errors',
  },
  {
    rules: ['postmark-server-token'],
    hosts: ['api.postmarkapp.com'],
    path: '/server',
    credential: { header: ['x-postmark-server-token', '{secret}'] },
    reach: ({ json }) => texts([memberOf(json, 'Name')]),
    source: 'https://postmarkapp.com/developer/api/server-api',
  },
  {
    rules: ['mailjet-secret-key', 'mailjet-key-pair'],
    hosts: ['api.mailjet.com'],
    path: '/v3/REST/apikey',
    query: 'Limit=1',
    credential: { basic: ['{id}', '{secret}'] },
    needs: { id: [/^[0-9a-zA-Z]{32}$/, 'API key'] },
    near: { id: /(?:public|key)["'\]]{0,2}\s{0,3}(?:[:=,]|=>)\s{0,3}["']?([0-9a-f]{32})\b/i },
    source: 'https://dev.mailjet.com/email/reference/settings/',
  },
  {
    rules: ['sparkpost-api-key'],
    hosts: ['api.sparkpost.com', 'api.eu.sparkpost.com'],
    path: '/api/v1/account',
    credential: { header: ['authorization', '{secret}'] },
    forbidsKnown: true,
    source: 'https://developers.sparkpost.com/api/account/',
  },
  {
    rules: ['courier-auth-token'],
    hosts: ['api.courier.com'],
    path: '/preferences',
    credential: { bearer: '{secret}' },
    source: 'https://www.courier.com/docs/reference/',
  },
];
