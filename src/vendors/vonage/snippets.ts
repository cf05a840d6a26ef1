import type { Snippet } from '../custody-adapter.ts';
import { API_HOST, NETWORK_HOST, REST_HOST, VIDEO_HOST } from './facts.ts';

/** How to use a virtual key with the vendor's SDKs. `gateway` has no slash at its end. */
export function snippets(parts: Readonly<Record<string, string>>, gateway: string): readonly Snippet[] {
  return [
    { sdk: '@vonage/server-sdk', language: 'javascript', code: javascript(parts, gateway) },
    { sdk: 'vonage (Python)', language: 'python', code: python(parts) },
    { sdk: 'vonage (Java)', language: 'java', code: java(parts, gateway) },
    { sdk: 'curl', language: 'shell', code: shell(parts, gateway) },
  ];
}

function javascript(parts: Readonly<Record<string, string>>, gateway: string): string {
  const credential = Object.entries(parts).map(([name, value]) => `    ${name}: ${JSON.stringify(value)},`);
  return [
    "import { Vonage } from '@vonage/server-sdk';",
    'const vonage = new Vonage(',
    '  {',
    ...credential,
    '  },',
    '  {',
    `    apiHost: '${gateway}/${API_HOST}',`,
    `    restHost: '${gateway}/${REST_HOST}',`,
    `    videoHost: '${gateway}/${VIDEO_HOST}',`,
    '  },',
    ');',
  ].join('\n');
}

/** The SDK takes another host, but no path before its own. */
function python(parts: Readonly<Record<string, string>>): string {
  const snake = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  const credential = Object.entries(parts).map(
    ([name, value]) => `        ${snake(name)}=${JSON.stringify(value)},`,
  );
  return [
    'from vonage import Auth, Vonage',
    '',
    '# Start the app with `ringfence run -- python app.py`: it sets the proxy and the certificate.',
    'client = Vonage(',
    '    Auth(',
    ...credential,
    '    )',
    ')',
  ].join('\n');
}

function java(parts: Readonly<Record<string, string>>, gateway: string): string {
  const setter = (name: string): string => (name === 'privateKey' ? 'privateKeyContents' : name);
  const credential = Object.entries(parts).map(
    ([name, value]) => `    .${setter(name)}(${JSON.stringify(value)})`,
  );
  return [
    'var hosts = com.vonage.client.HttpConfig.builder()',
    `    .apiBaseUri("${gateway}/${API_HOST}")`,
    `    .restBaseUri("${gateway}/${REST_HOST}")`,
    `    .apiEuBaseUri("${gateway}/${NETWORK_HOST}")`,
    `    .videoBaseUri("${gateway}/${VIDEO_HOST}");`,
    'var client = com.vonage.client.VonageClient.builder()',
    ...credential,
    '    .httpConfig(hosts.build())',
    '    .build();',
  ].join('\n');
}

function shell(parts: Readonly<Record<string, string>>, gateway: string): string {
  return parts['apiKey'] === undefined
    ? `# Sign an RS256 token with the private key, then:\ncurl -H "Authorization: Bearer $TOKEN" ${gateway}/${API_HOST}/v1/calls`
    : `curl -u '${parts['apiKey']}:${parts['apiSecret']}' ${gateway}/${REST_HOST}/account/get-balance`;
}
