import { memberOf, type Answer, type Recipe } from '../recipe.ts';

const id = (form: RegExp, words: string) => ({ id: [form, words] }) as const;
const balance =
  (...path: readonly string[]) =>
  (answer: Answer) => {
    const value = memberOf(answer.json, ...path);
    return typeof value === 'string' || typeof value === 'number' ? [`balance ${value}`] : [];
  };

/** Text messages and calls. */
export const MESSAGING_RECIPES: readonly Recipe[] = [
  {
    rules: ['plivo-auth-token', 'plivo-pair'],
    hosts: ['api.plivo.com'],
    path: '/v1/Account/{id}/',
    credential: { basic: ['{id}', '{secret}'] },
    needs: id(/^[MS]A[A-Z0-9]{18}$/, 'auth id'),
    near: { id: /\b([MS]A[A-Z0-9]{18})\b/ },
    reach: balance('cash_credits'),
    source: 'https://www.plivo.com/docs/account/api/account',
  },
  {
    rules: ['messagebird-access-key'],
    hosts: ['rest.messagebird.com'],
    path: '/balance',
    credential: { header: ['authorization', 'AccessKey {secret}'] },
    reach: balance('amount'),
    source: 'https://developers.messagebird.com/api/balance/',
  },
  {
    rules: ['clicksend-api-key', 'clicksend-pair'],
    hosts: ['rest.clicksend.com'],
    path: '/v3/account',
    credential: { basic: ['{id}', '{secret}'] },
    needs: id(/^[^\s:]{2,100}$/, 'user name'),
    near: { id: /user(?:_?name)?["'\]]{0,2}\s{0,3}(?:[:=,]|=>)\s{0,3}["']?([^\s"',:]{3,100})/i },
    reach: balance('data', 'balance'),
    source: 'https://developers.clicksend.com/docs/rest/v3/',
  },
  {
    rules: ['bulksms-token-secret', 'bulksms-token-pair'],
    hosts: ['api.bulksms.com'],
    path: '/v1/profile',
    credential: { basic: ['{id}', '{secret}'] },
    needs: id(/^[A-F0-9-]{20,40}$/i, 'token id'),
    near: { id: /id["'\]]{0,2}\s{0,3}(?:[:=,]|=>)\s{0,3}["']?([A-F0-9-]{20,40})\b/i },
    reach: balance('credits', 'balance'),
    source: 'https://www.bulksms.com/developer/json/v1/',
  },
  {
    rules: ['tyntec-api-key'],
    hosts: ['api.tyntec.com'],
    path: '/2fa/v1/application',
    credential: { header: ['apikey', '{secret}'] },
    source: 'https://api.tyntec.com/reference/2fa/current.html',
  },
  {
    rules: ['voodoosms-api-key'],
    hosts: ['api.voodoosms.com'],
    path: '/credits',
    credential: { bearer: '{secret}' },
    source: 'https://help.voodoosms.com/',
  },
  {
    rules: ['d7-token'],
    hosts: ['rest-api.d7networks.com'],
    path: '/secure/balance',
    credential: { encoded: '{secret}' },
    source: 'https://d7networks.com/docs/',
  },
  {
    rules: ['apifonica-password', 'apifonica-pair'],
    hosts: ['api.apifonica.com'],
    path: '/v2/accounts',
    credential: { basic: ['{id}', '{secret}'] },
    needs: id(/^[0-9a-z-]{20,60}$/i, 'account id'),
    near: { id: /\b(acc[0-9a-f]{8}-[0-9a-f-]{20,40})\b/ },
    source: 'https://docs.apifonica.com/',
  },
  {
    rules: ['46elks-password', '46elks-pair'],
    hosts: ['api.46elks.com'],
    path: '/a1/me',
    credential: { basic: ['{id}', '{secret}'] },
    needs: id(/^u[0-9a-f]{32}$/, 'API user name'),
    near: { id: /\b(u[0-9a-f]{32})\b/ },
    reach: balance('balance'),
    source: 'https://46elks.com/docs/get-account',
  },
];
