import { createHash } from 'node:crypto';
import { FORMATS } from './formats/all.ts';
import { camel, pascal } from './contexts/context.ts';
import type { Format } from './format.ts';
import { withChecksum, type Random } from './random.ts';

export interface Negative {
  readonly kind: string;
  readonly path: string;
  readonly text: string;
}

const PLACEHOLDERS = [
  (format: Format) => `your_${format.field}_here`,
  (format: Format) => `<your-${format.field.replaceAll('_', '-')}>`,
  () => 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx',
  () => 'XXXXXXXXXXXXXXXXXXXXXXXX',
  () => 'changeme',
  () => '********************************',
  () => '0123456789abcdef0123456789abcdef',
  () => '00000000000000000000000000000000',
  () => 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa',
  () => '1234567890abcdef1234567890abcdef',
  (format: Format) => `\${${format.env}}`,
  (format: Format) => `{{ ${format.env.toLowerCase()} }}`,
  (format: Format) => `$${format.env}`,
  (format: Format) => `TODO: ${format.field}`,
  () => '',
  (format: Format) => `${format.block}_${format.field}_example_value_12345`,
  (format: Format) => `my${pascal(format.block)}${pascal(format.field)}1`,
  () => 'example-key-do-not-use-in-production-1',
];

/** The other identifiers of the largest vendor have the shape of its account id. */
const OTHER_SIDS =
  'SM MM CA RE CF PN VA CN IS CH AP WS CR AD BU CL DE EN FN HX IM KS MG MB NO PA QU RM SC TR US VE WK ZH'.split(
    ' ',
  );

type Maker = (random: Random) => { readonly path: string; readonly text: string };

const lines = (count: number, write: () => string): string =>
  `${Array.from({ length: count }, write).join('\n')}\n`;

const MAKERS: Readonly<Record<string, Maker>> = {
  placeholder(random) {
    const text = lines(12, () => {
      const format = random.pick(FORMATS);
      const value = random.pick(PLACEHOLDERS)(format);
      return random.pick([`${format.env}=${value}`, `${format.env}="${value}"`, `# ${format.env}=${value}`]);
    });
    return { path: '.env.example', text };
  },
  'look-up of a variable': (random) => ({
    path: 'src/settings.js',
    text: lines(10, () => {
      const { env, field, block } = random.pick(FORMATS);
      return random.pick([
        `const ${camel(env)} = process.env.${env};`,
        `${camel(field)}: process.env['${env}'],`,
        `${field} = os.environ["${env}"]`,
        `'${field}' => env('${env}'),`,
        `config.${field} = Rails.application.credentials.dig(:${block}, :${field})`,
        `${camel(field)}: config.get<string>('${block}.${camel(field)}'),`,
        `${env}: \${{ secrets.${env} }}`,
        `${field} = var.${env.toLowerCase()}`,
      ]);
    }),
  }),
  'public id': (random) => ({
    path: 'config/public.yml',
    text: lines(6, () => {
      const { block, idField, id, idEnv } = random.pick(
        FORMATS.filter(({ idField: field }) => field !== undefined),
      );
      const value = random.fill(id ?? '');
      return random.pick([`${block}:\n  ${idField ?? ''}: ${value}`, `${idEnv ?? ''}=${value}`]);
    }),
  }),
  'other SID': (random) => ({
    path: 'test/fixtures/twilio.json',
    text: lines(8, () => {
      const sid = `${random.pick(OTHER_SIDS)}${random.fill('{hex:32}')}`;
      return random.pick([
        `{"sid": "${sid}", "account_sid": "AC${random.fill('{hex:32}')}", "auth_type": "credential-list"},`,
        `const twilioFlowSid = '${sid}';`,
        `twilio.verify.services('${sid}').verifications.create({ to, channel: 'sms' })`,
        `"/2010-04-01/Accounts/AC${random.fill('{hex:32}')}/Messages/${sid}.json"`,
        `TWILIO_SERVICE_SID=${sid}`,
      ]);
    }),
  }),
  'broken twin': (random) => ({
    path: 'config/twins.yml',
    text: lines(6, () => random.pick(TWINS)(random)),
  }),
  'integrity hash': (random) => ({
    path: 'package-lock.json',
    text: lines(8, () => {
      const { block } = random.pick(FORMATS);
      const hash = createHash('sha512').update(random.bytes(20)).digest('base64');
      const short = createHash('sha1').update(random.bytes(20)).digest('hex');
      return random.pick([
        `"node_modules/${block}": { "version": "4.1.0", "resolved": "https://registry.npmjs.org/${block}/-/${block}-4.1.0.tgz", "integrity": "sha512-${hash}" },`,
        `${block}@^4.1.0:\n  resolved "https://registry.yarnpkg.com/${block}/-/${block}-4.1.0.tgz#${short}"\n  integrity sha512-${hash}`,
        `${block}==4.1.0 --hash=sha256:${random.fill('{hex:64}')}`,
        `github.com/${block}/${block}-go v1.2.3 h1:${hash.slice(0, 43)}=`,
      ]);
    }),
  }),
  UUID: (random) => ({
    path: 'test/data.json',
    text: lines(8, () => {
      const { block } = random.pick(FORMATS);
      return random.pick([
        `{"provider": "${block}", "id": "${random.fill('{uuid}')}"}`,
        `${block} request_id=${random.fill('{uuid}')} status=202`,
        `x-${block}-request-id: ${random.fill('{uuid}')}`,
        `{"${block}MessageId": "${random.fill('{UUID}')}", "tenantId": "${random.fill('{uuid}')}"}`,
      ]);
    }),
  }),
  'git hash': (random) => ({
    path: 'CHANGELOG.md',
    text: lines(8, () => {
      const { vendor, block } = random.pick(FORMATS);
      const hash = random.fill('{hex:40}');
      return random.pick([
        `* fix the ${vendor} token refresh ([${hash.slice(0, 8)}](https://github.com/shop/app/commit/${hash}))`,
        `- ${vendor}: key rotation, ${hash}`,
        `uses: ${block}/setup-action@${hash} # v2`,
        `${block} submodule ${hash} vendor/${block}`,
        `etag: "${random.fill('{hex:32}')}" # ${block}`,
        `${block}_image: shop/${block}@sha256:${random.fill('{hex:64}')}`,
      ]);
    }),
  }),
  'class name': (random) => ({
    path: 'src/Notifier.java',
    text: lines(10, () => {
      const { block, field } = random.pick(FORMATS);
      const name = pascal(block);
      return random.pick([
        `private final ${name}${pascal(field)}Provider ${camel(block)}${pascal(field)}Provider;`,
        `auth = new ${name}BasicAuthenticationTokenFilter1();`,
        `${camel(field)}: ${name}CredentialsProviderFactoryV2,`,
        `token = getAccessTokenFromSecureStorage();`,
        `secret: getSecretFromVaultByName2('${block}'),`,
        `import { ${name}ClientSecretBasicAuth2 } from '@shop/${block}';`,
        `this.${camel(field)} = ${camel(block)}Options.${camel(field)};`,
      ]);
    }),
  }),
  'secret of another service': (random) => {
    const { block, idField, field, env } = random.pick(FORMATS);
    const other = random.pick(OTHER_SECRETS)(random);
    const text = random.pick([
      `${block}:\n  ${idField ?? 'enabled'}: \${${env}_ID}\n  ${field}: \${${env}}\n${other.yaml}\n`,
      `${env}=\n${other.env}\n`,
      `${other.env}\n# ${env} is in the vault\n`,
    ]);
    return { path: 'config/others.yml', text };
  },
  'another service’s secret of the same shape': (random) => {
    const { block, field, env, secret } = random.pick(FORMATS.filter(({ secret: form }) => BARE.test(form)));
    const [service, name] = random.pick(OTHER_NAMES);
    const other = both(service, name, random.fill(secret));
    const text = random.pick([
      `${block}:\n  ${field}: \${${env}}\n${other.yaml}\n`,
      `${env}=\n${other.env}\n`,
      `{ "${block}": { "${camel(field)}": "" }, "${service}": { "${camel(name)}": "${random.fill(secret)}" } }\n`,
    ]);
    return { path: 'config/others.yml', text };
  },
  'documentation value': (random) => ({
    path: 'README.md',
    text: lines(6, () => {
      const { vendor, env, block, field } = random.pick(FORMATS);
      return random.pick([
        `Set \`${env}\` to the ${field.replaceAll('_', ' ')} from the ${vendor} console.`,
        `| \`${env}\` | string | ${vendor} ${field.replaceAll('_', ' ')} | required |`,
        `\`\`\`\n${env}=...\n\`\`\``,
        `twilio('ACXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX', 'your_auth_token')`,
        `${block}.${field}: "abc123"`,
        `curl -u ACxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx:your_auth_token https://api.twilio.com`,
      ]);
    }),
  }),
};

/** Keys of services that are none of the communications vendors. */
const OTHER_SECRETS: readonly ((random: Random) => { readonly yaml: string; readonly env: string })[] = [
  (random) => both('datadog', 'api_key', random.fill('{hex:32}')),
  (random) => both('algolia', 'admin_key', random.fill('{hex:32}')),
  (random) => both('session', 'secret', random.fill('{hex:64}')),
  (random) => both('jwt', 'secret', random.fill('{an:43}')),
  (random) => both('auth0', 'client_secret', random.fill('{b64u:64}')),
  (random) => both('github', 'client_secret', random.fill('{hex:40}')),
  (random) => both('stripe', 'secret_key', `sk_${random.pick(['live', 'test'])}_${random.fill('{an:24}')}`),
  (random) => both('aws', 'secret_access_key', random.fill('{b64:40}')),
  (random) => both('mixpanel', 'token', random.fill('{hex:32}')),
  (random) => both('newrelic', 'license_key', `${random.fill('{hex:36}')}NRAL`),
  (random) => both('rollbar', 'access_token', random.fill('{hex:32}')),
  (random) => both('database', 'password', random.fill('{an:20}')),
];

/** A secret without a prefix: others have the same. */
const BARE = /^\{(?:hex|an|lower|b64u):\d+\}$/;
const OTHER_NAMES = [
  ['datadog', 'api_key'],
  ['algolia', 'admin_api_key'],
  ['session', 'secret'],
  ['auth0', 'client_secret'],
  ['rollbar', 'access_token'],
  ['mixpanel', 'token'],
  ['github', 'client_secret'],
  ['database', 'password'],
  ['weather', 'api_key'],
  ['maps', 'auth_token'],
] as const;

function both(block: string, field: string, secret: string): { readonly yaml: string; readonly env: string } {
  return { yaml: `${block}:\n  ${field}: ${secret}`, env: `${block}_${field}`.toUpperCase() + `=${secret}` };
}

/** Like a structured key, with one thing that the vendor would never have made. */
const TWINS: readonly Maker_[] = [
  (random) =>
    `AT_API_KEY=atsk_${withChecksum(random.fill('{hex:64}')).replace(/.$/, (last) => (last === '7' ? '8' : '7'))}`,
  (random) => `AT_API_KEY=atsk_${random.fill('{hex:72}')}`,
  (random) => `CLICKATELL_API_KEY=${versionOne(random)}==`,
  (random) => `SENDGRID_API_KEY=SG.${versionOne(random)}.${random.fill('{b64u:42}A')}`,
  (random) => `PUBNUB_SECRET_KEY=sec-c-${random.fill('{an:48}')}`,
  (random) => `TELNYX_API_KEY=KEY${random.fill('F{HEX:31}_{an:22}')}`,
  (random) =>
    `AZURE="endpoint=https://shop.communication.azure.com/;accesskey=${random.bytes(48).toString('base64')}"`,
  (random) => `TELESIGN_API_KEY=${random.bytes(62).toString('base64')}`,
  (random) => `TWILIO_AUTH_TOKEN=${random.fill('{hex:31}')}`,
  (random) => `TWILIO_AUTH_TOKEN=${random.fill('{hex:33}')}`,
  (random) => `SENDGRID_API_KEY=SG.${random.fill('{b64u:21}')}.${random.fill('{b64u:43}')}`,
  (random) => `TELNYX_API_KEY=KEY${random.fill('{hex:32}')}_${random.fill('{an:22}')}`,
  (random) => `LIVEKIT_API_SECRET=${random.fill('{an:20}')}`,
  (random) => `SLACK_BOT_TOKEN=xoxb-${random.fill('{an:10}')}`,
  (random) => `DAILY_API_KEY=${random.fill('{hex:63}')}`,
];

type Maker_ = (random: Random) => string;

/** 16 bytes in base64 whose version digit is another one. */
function versionOne(random: Random): string {
  const bytes = random.bytes(16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x10;
  return bytes.toString('base64url');
}

/** Files without any secret, which look as if they had some. */
export function negatives(random: Random, each: number): Negative[] {
  return Object.entries(MAKERS).flatMap(([kind, make]) =>
    Array.from({ length: each }, () => ({ kind, ...make(random) })),
  );
}
