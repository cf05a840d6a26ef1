import {
  alphanumeric,
  assigned,
  beside,
  DISTINCT,
  either,
  exampleToken,
  hex,
  joined,
  mixed,
  NAMED,
  owned,
  paired,
  SECRET_NAME,
  urlSafe,
} from '../shared/leak-pattern.ts';
import type { LeakRule } from '../leak-rule.ts';

const VENDOR = 'Twilio';
const ROTATE_TOKEN =
  'Create a secondary auth token in the Twilio console, move the apps to it, and promote it: the old one dies then.';
const ROTATE_KEY = 'Create a new API key, move the apps to it, and delete this one in the Twilio console.';

const ACCOUNT = { prefix: 'AC', hex: 32 } as const;
const KEY = { prefix: 'SK', hex: 32 } as const;
const ACCOUNT_SID = 'AC[0-9a-fA-F]{32}';
const KEY_SID = 'SK[0-9a-fA-F]{32}';
/** An account’s or organisation’s app; its secret is 64 bytes in base64url, as two public samples show. */
const OAUTH_APP = { prefix: 'OQ', hex: 32 } as const;
const OAUTH_ID = 'OQ[0-9a-fA-F]{32}';
const OAUTH_SECRET = joined(
  'hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2A-Zk4WmX9aPq2RtV7b',
  'Nc0LsD5gHj8FyE1u_kX2vT9qLr0ZsB7nWc5HQ',
);
const SAFE_END = '(?![A-Za-z0-9_-])';
const ROTATE_OAUTH =
  'Rotate the client secret of the OAuth app in the Twilio console and move the apps to the new one.';
const PLAIN = '(?:auth[_.\\- ]?)?(?:token|password|passwd|pass|pwd|secret|auth|credential)s?';

const CLAIMS = {
  jti: 'SK52d1f8a90b3c47e6d09f18b7c2a4e635-1767225600',
  iss: 'SK52d1f8a90b3c47e6d09f18b7c2a4e635',
  sub: 'AC41c8f02b7de95a630c1784eb29df560a',
  exp: 1_767_229_200,
};

/** Made-up values throughout. A virtual secret begins with `rfv`, which is not hexadecimal. */
export const leaks: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'twilio-auth-token',
    vendor: VENDOR,
    title: 'Twilio auth token',
    form: '32 lower-case hexadecimal digits beside the name',
    anchors: ['twilio', 'auth_token', 'authtoken'],
    pattern: assigned(
      String.raw`auth[_.\- ]?token|twilio[\w.\-]{0,16}?(?:auth|token|secret|password|passwd|pwd)`,
      hex(32),
    ),
    remedy: ROTATE_TOKEN,
    examples: [
      'TWILIO_AUTH_TOKEN=7c1e09b52fa84d630e9b71d4a8f25c36',
      `authToken: '9d02c7e4b16f38a5507be2914cfa6d83'`,
      '"twilio_token" => "7c1e09b52fa84d630e9b71d4a8f25c36"',
      '- name: TWILIO_AUTH_TOKEN\n  value: "9d02c7e4b16f38a5507be2914cfa6d83"',
      '- name: TWILIO_AUTH_TOKEN\n  # from the console\n  value: 7c1e09b52fa84d630e9b71d4a8f25c36',
      'name  = "/shop/twilio/auth_token"\ntype  = "SecureString"\nvalue = "9d02c7e4b16f38a5507be2914cfa6d83"',
      `env::var("TWILIO_AUTH_TOKEN").unwrap_or_else(|_| "7c1e09b52fa84d630e9b71d4a8f25c36".into())`,
      'aws ssm put-parameter --name /shop/twilio_auth_token --type SecureString --overwrite --value 7c1e09b52fa84d630e9b71d4a8f25c36',
      'gh secret set TWILIO_AUTH_TOKEN --body "9d02c7e4b16f38a5507be2914cfa6d83"',
      '"name": "/shop/TWILIO_AUTH_TOKEN",\n  "type": "SecureString",\n  "value": "9d02c7e4b16f38a5507be2914cfa6d83"',
      '{"value":"9d02c7e4b16f38a5507be2914cfa6d83","name":"TWILIO_AUTH_TOKEN"}',
      '~ "TWILIO_AUTH_TOKEN" = "none" -> "9d02c7e4b16f38a5507be2914cfa6d83"',
      's:17:"TWILIO_AUTH_TOKEN";s:32:"9d02c7e4b16f38a5507be2914cfa6d83";',
      '<td>twilio_auth_token</td>\n<td class="code"><pre>&#x27;9d02c7e4b16f38a5507be2914cfa6d83&#x27;</pre></td>',
      '**Twilio auth token:** 7c1e09b52fa84d630e9b71d4a8f25c36',
    ],
    nearMisses: [
      'TWILIO_AUTH_TOKEN=your_auth_token_goes_here_please',
      'TWILIO_AUTH_TOKEN=rfv00000000000000000000000000000',
      'TWILIO_AUTH_TOKEN=00000000000000000000000000000000',
      'authToken: process.env.TWILIO_AUTH_TOKEN',
      '- name: TWILIO_AUTH_TOKEN\n  # from the console\n  valueFrom: { configMapKeyRef: { name: 7c1e09b52fa84d630e9b71d4a8f25c36 } }',
      'name = "/shop/twilio/auth_token"\netag = "9d02c7e4b16f38a5507be2914cfa6d83"',
      `env::var("TWILIO_AUTH_TOKEN").expect("7c1e09b52fa84d630e9b71d4a8f25c36")`,
      'gh secret set TWILIO_AUTH_TOKEN --repo shop --commit 7c1e09b52fa84d630e9b71d4a8f25c36',
      '"name": "TWILIO_AUTH_TOKEN",\n  "type": "SecureString",\n  "etag": "9d02c7e4b16f38a5507be2914cfa6d83"',
      '{"value":"9d02c7e4b16f38a5507be2914cfa6d83","name":"ETAG"},{"name":"TWILIO_AUTH_TOKEN"}',
      's:17:"TWILIO_AUTH_TOKEN";N;s:4:"etag";s:32:"9d02c7e4b16f38a5507be2914cfa6d83";',
      '**Twilio auth token:** see commit 7c1e09b52fa84d630e9b71d4a8f25c36',
      'TWILIO_ACCOUNT_SID=AC7c1e09b52fa84d630e9b71d4a8f25c36',
      'AUTH_TOKEN=7c1e09b52fa84d630e9b71d4a8f25c367c1e09b52fa84d630e9b71d4a8f25c36',
    ],
  },
  {
    ...NAMED,
    id: 'twilio-account-pair',
    vendor: VENDOR,
    title: 'Twilio auth token right after its account SID',
    form: '`AC` and 32 hexadecimal digits, then 32 lower-case hexadecimal digits',
    confidence: 'high',
    anchors: [ACCOUNT],
    span: 128,
    pattern: paired(ACCOUNT_SID, hex(32)),
    remedy: ROTATE_TOKEN,
    examples: [
      `twilio('AC41c8f02b7de95a630c1784eb29df560a', '7c1e09b52fa84d630e9b71d4a8f25c36')`,
      'https://AC41c8f02b7de95a630c1784eb29df560a:7c1e09b52fa84d630e9b71d4a8f25c36@api.twilio.com/',
      'curl -u "AC41c8f02b7de95a630c1784eb29df560a:7c1e09b52fa84d630e9b71d4a8f25c36" -X POST',
    ],
    nearMisses: [
      `twilio('AC41c8f02b7de95a630c1784eb29df560a', process.env.TOKEN)`,
      `twilio('AC41c8f02b7de95a630c1784eb29df560a', 'rfv0aB1cD2eF3gH4iJ5kL6mN7oP8qR9s')`,
      '["AC41c8f02b7de95a630c1784eb29df560a", "SM7c1e09b52fa84d630e9b71d4a8f25c36"]',
    ],
  },
  {
    ...NAMED,
    id: 'twilio-auth-token-nearby',
    vendor: VENDOR,
    title: 'Twilio auth token near an account SID',
    form: '32 lower-case hexadecimal digits under a plain name, in the block of an account SID',
    confidence: 'high',
    anchors: [ACCOUNT],
    pattern: beside({
      id: ACCOUNT_SID,
      names: String.raw`(?<![A-Za-z])(?:account[_.\- ]?|api[_.\- ]?)?${PLAIN}|(?<=[Aa]ccount_?|_)(?:token|secret)`,
      form: hex(32),
    }),
    remedy: ROTATE_TOKEN,
    examples: [
      'sms:\n  sid: AC41c8f02b7de95a630c1784eb29df560a\n  from: "+15005550006"\n  token: 7c1e09b52fa84d630e9b71d4a8f25c36',
      `username = "AC41c8f02b7de95a630c1784eb29df560a"\npassword = "9d02c7e4b16f38a5507be2914cfa6d83"`,
      `{ token: '9d02c7e4b16f38a5507be2914cfa6d83', sid: 'AC41c8f02b7de95a630c1784eb29df560a' }`,
    ],
    nearMisses: [
      'twilio:\n  sid: AC41c8f02b7de95a630c1784eb29df560a\n  etag: 7c1e09b52fa84d630e9b71d4a8f25c36',
      'sid: AC41c8f02b7de95a630c1784eb29df560a\nrollbar:\n  token: 7c1e09b52fa84d630e9b71d4a8f25c36',
      'sid: AC41c8f02b7de95a630c1784eb29df560a\ntoken: SM7c1e09b52fa84d630e9b71d4a8f25c36',
      'AC41c8f02b7de95a630c1784eb29df560a token_hash: 7c1e09b52fa84d630e9b71d4a8f25c36',
    ],
  },
  {
    ...NAMED,
    id: 'twilio-auth-token-in-block',
    vendor: VENDOR,
    title: 'Twilio auth token under a plain name',
    form: '32 lower-case hexadecimal digits under a plain name, in a block of the vendor',
    anchors: ['twilio'],
    pattern: owned({
      vendor: 'twilio',
      names: String.raw`sid(?=["'\]]{0,2},)`,
      form: hex(32),
    }),
    remedy: ROTATE_TOKEN,
    examples: [
      'twilio:\n  sid: ${SID}\n  from: "+15005550006"\n  token: 7c1e09b52fa84d630e9b71d4a8f25c36',
      `const client = new Twilio(sid, '9d02c7e4b16f38a5507be2914cfa6d83');`,
      `Twilio.init(System.getenv("TWILIO_SID"), "9d02c7e4b16f38a5507be2914cfa6d83");`,
    ],
    nearMisses: [
      'twilio:\n  token: SM7c1e09b52fa84d630e9b71d4a8f25c36',
      'twilio:\n  sid: x\nrollbar:\n  token: 7c1e09b52fa84d630e9b71d4a8f25c36',
      'twilio token: 7c1e09b5-2fa8-4d63-8e9b-71d4a8f25c36',
      'twilio token_hash: 7c1e09b52fa84d630e9b71d4a8f25c36',
      '"src/twilio/Account/TokenTest.php":"7c1e09b52fa84d630e9b71d4a8f25c36"',
      'new Twilio(sid, process.env.TWILIO_AUTH_TOKEN)',
      'Twilio.init(getenv("TWILIO_SID"), getenv("TWILIO_FROM"), "9d02c7e4b16f38a5507be2914cfa6d83")',
    ],
  },
  {
    ...NAMED,
    id: 'twilio-api-key',
    vendor: VENDOR,
    title: 'Secret of a Twilio API key',
    form: '32 letters and digits of both cases under the name of a secret, near a key SID or the vendor’s name',
    anchors: ['twilio'],
    pattern: owned({
      vendor: 'twilio',
      names: String.raw`(?:signing|chat|voice|video|sync)[\w.\- ]{0,12}?secret`,
      form: mixed(32),
    }),
    remedy: ROTATE_KEY,
    examples: [
      'TWILIO_API_KEY=SK52d1f8a90b3c47e6d09f18b7c2a4e635\nTWILIO_API_SECRET=hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2A',
      `twilio: { apiKeySecret: 'Zk4WmX9aPq2RtV7bNc0LsD5gHj8FyE1u' }`,
    ],
    nearMisses: [
      'TWILIO_API_KEY=SK52d1f8a90b3c47e6d09f18b7c2a4e635',
      'TWILIO_API_SECRET=rfv0aB1cD2eF3gH4iJ5kL6mN7oP8qR9s',
      'TWILIO_API_SECRET=yourTwilioApiKeySecretGoesHere12',
      'twilio.apiKeySecret = process.env.TWILIO_API_KEY_SECRET',
      'TWILIO_API_SECRET=hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2',
    ],
  },
  {
    ...NAMED,
    id: 'twilio-api-key-nearby',
    vendor: VENDOR,
    title: 'Secret of a Twilio API key near its SID',
    form: '32 letters and digits of both cases under the name of a secret, in the block of a key SID',
    confidence: 'high',
    anchors: [KEY],
    pattern: beside({
      id: KEY_SID,
      names: String.raw`(?:api|key|signing|chat|voice|video|sync)[\w.\- ]{0,12}?secret|api[_.\- ]?key|(?<![A-Za-z])(?:secret|password)`,
      form: mixed(32),
    }),
    remedy: ROTATE_KEY,
    examples: [
      'API_KEY_SID=SK52d1f8a90b3c47e6d09f18b7c2a4e635\nAPI_KEY_SECRET=hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2A',
      `{ "sid": "SK52d1f8a90b3c47e6d09f18b7c2a4e635", "secret": "Zk4WmX9aPq2RtV7bNc0LsD5gHj8FyE1u" }`,
    ],
    nearMisses: [
      'API_KEY_SID=SK52d1f8a90b3c47e6d09f18b7c2a4e635\nAPI_KEY_SECRET=',
      'API_KEY_SID=SK52d1f8a90b3c47e6d09f18b7c2a4e635\nsession:\n  secret: hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2A',
      'API_KEY_SID=SK52d1f8a90b3c47e6d09f18b7c2a4e635\nAPI_KEY_SECRET=process.env.API_KEY_SECRET',
      'SK52d1f8a90b3c47e6d09f18b7c2a4e635 secret: 7c1e09b5-2fa8-4d63-8e9b-71d4a8f25c36',
    ],
  },
  {
    ...DISTINCT,
    id: 'twilio-api-key-pair',
    vendor: VENDOR,
    title: 'Twilio API key with its secret',
    form: '`SK` and 32 hexadecimal digits, then 32 letters and digits',
    anchors: [KEY],
    pattern: paired(KEY_SID, alphanumeric(32)),
    remedy: ROTATE_KEY,
    examples: [
      `new AccessToken(sid, 'SK52d1f8a90b3c47e6d09f18b7c2a4e635', 'hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2A')`,
      'SK52d1f8a90b3c47e6d09f18b7c2a4e635:hV3nQ8zLw0TbYc5KpR1xJd7MgS9fUe2A',
    ],
    nearMisses: [
      `new AccessToken(sid, 'SK52d1f8a90b3c47e6d09f18b7c2a4e635', process.env.SECRET)`,
      'SK52d1f8a90b3c47e6d09f18b7c2a4e635:rfv0aB1cD2eF3gH4iJ5kL6mN7oP8qR9s',
      'SK52d1f8a90b3c47e6d09f18b7c2a4e635, CR9d02c7e4b16f38a5507be2914cfa6d83',
    ],
  },
  {
    ...NAMED,
    id: 'twilio-oauth-secret',
    vendor: VENDOR,
    title: 'Client secret of a Twilio OAuth app',
    form: '86 letters, digits, `-` or `_` under the name of a secret, near a client id or the vendor’s name',
    anchors: ['twilio', OAUTH_APP],
    pattern: either(
      beside({ id: OAUTH_ID, names: SECRET_NAME, form: urlSafe(86), end: SAFE_END }),
      owned({ vendor: 'twilio', only: SECRET_NAME, form: urlSafe(86), end: SAFE_END }),
    ),
    remedy: ROTATE_OAUTH,
    examples: [
      `TWILIO_CLIENT_ID=OQ52d1f8a90b3c47e6d09f18b7c2a4e635\nTWILIO_CLIENT_SECRET=${OAUTH_SECRET}`,
      `curl https://oauth.twilio.com/v2/token -d client_id=OQ52d1f8a90b3c47e6d09f18b7c2a4e635 -d client_secret=${OAUTH_SECRET}`,
      `{ "client_id": "OQ52d1f8a90b3c47e6d09f18b7c2a4e635", "client_secret": "${OAUTH_SECRET}" }`,
    ],
    nearMisses: [
      'TWILIO_CLIENT_ID=OQ52d1f8a90b3c47e6d09f18b7c2a4e635',
      'TWILIO_CLIENT_SECRET=your_client_secret',
      `TWILIO_CLIENT_SECRET=${OAUTH_SECRET}A`,
      `twilio state=${OAUTH_SECRET}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'twilio-oauth-pair',
    vendor: VENDOR,
    title: 'Client id of a Twilio OAuth app with its secret',
    form: '`OQ` and 32 hexadecimal digits, then 86 letters, digits, `-` or `_`',
    anchors: [OAUTH_APP],
    span: 160,
    pattern: paired(OAUTH_ID, urlSafe(86), SAFE_END),
    remedy: ROTATE_OAUTH,
    examples: [
      `new ClientCredentialProvider('OQ52d1f8a90b3c47e6d09f18b7c2a4e635', '${OAUTH_SECRET}')`,
      `curl -u OQ52d1f8a90b3c47e6d09f18b7c2a4e635:${OAUTH_SECRET} https://oauth.twilio.com/v2/token`,
    ],
    nearMisses: [
      `new ClientCredentialProvider('OQ52d1f8a90b3c47e6d09f18b7c2a4e635', process.env.SECRET)`,
      `OQ52d1f8a90b3c47e6d09f18b7c2a4e635:${OAUTH_SECRET}A`,
      `XOQ52d1f8a90b3c47e6d09f18b7c2a4e635:${OAUTH_SECRET}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'twilio-access-token',
    vendor: VENDOR,
    title: 'Twilio access token of a client',
    form: 'a JSON web token whose header says `twilio-fpa`; its beginning stands for the whole',
    confidence: 'medium',
    // `twilio-fpa;` in base64, wherever it stands in the header.
    anchors: ['d2lsaW8tZnBhO', 'R3aWxpby1mcGE7', 'HdpbGlvLWZwYTt'],
    span: 256,
    pattern:
      /(?<![\w.-])(?<secret>eyJ[\w-]{6,120}?(?:d2lsaW8tZnBhO|R3aWxpby1mcGE7|HdpbGlvLWZwYTt)[\w-]{0,80}\.eyJ[\w-]{100})/dg,
    remedy:
      'The token dies by itself within a day; delete the API key that signed it when it was made by somebody else.',
    examples: [
      `const token = '${exampleToken({ cty: 'twilio-fpa;v=1', typ: 'JWT', alg: 'HS256' }, CLAIMS)}';`,
      `TOKEN=${exampleToken({ typ: 'JWT', alg: 'HS256', cty: 'twilio-fpa;v=1' }, CLAIMS)}`,
    ],
    nearMisses: [
      `const token = '${exampleToken({ typ: 'JWT', alg: 'HS256' }, CLAIMS)}';`,
      `TOKEN=${exampleToken({ typ: 'JWT', alg: 'HS256', cty: 'twilio-fpa;v=1' }, {})}`,
      'eyJjdHkiOiJ0d2lsaW8tZnBhO3Y9MSIsInR5cCI6IkpXVCIsImFsZyI6IkhTMjU2In0.eyJ...',
    ],
  },
];
