import type { Snippet } from '../custody-adapter.ts';
import { API_HOST, REST_HOST, VIDEO_HOST } from './facts.ts';

/** How to use a virtual key with the vendor's SDKs in base-URL mode. `gateway` has no slash at its end. */
export function snippets(parts: Readonly<Record<string, string>>, gateway: string): readonly Snippet[] {
  return [
    { sdk: '@vonage/server-sdk', language: 'javascript', code: javascript(parts, gateway) },
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

function shell(parts: Readonly<Record<string, string>>, gateway: string): string {
  return parts['apiKey'] === undefined
    ? `# Sign an RS256 token with the private key, then:\ncurl -H "Authorization: Bearer $TOKEN" ${gateway}/${API_HOST}/v1/calls`
    : `curl -u '${parts['apiKey']}:${parts['apiSecret']}' ${gateway}/${REST_HOST}/account/get-balance`;
}
