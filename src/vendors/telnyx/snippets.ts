import type { Snippet } from '../custody-adapter.ts';
import { API_HOST } from './facts.ts';

/** How to use a virtual key with the vendor's SDKs, which take a base URL. `gateway` has no slash at its end. */
export function snippets(parts: Readonly<Record<string, string>>, gateway: string): readonly Snippet[] {
  const key = parts['apiKey'] ?? '';
  const base = `${gateway}/${API_HOST}/v2`;
  const node = [
    "import Telnyx from 'telnyx';",
    `const telnyx = new Telnyx({ apiKey: '${key}', baseURL: '${base}' });`,
  ];
  const python = ['from telnyx import Telnyx', '', `client = Telnyx(api_key="${key}", base_url="${base}")`];
  const variables = [`export TELNYX_API_KEY=${key}`, `export TELNYX_BASE_URL=${base}`];
  return [
    { sdk: 'telnyx', language: 'javascript', code: node.join('\n') },
    { sdk: 'telnyx (Python)', language: 'python', code: python.join('\n') },
    { sdk: 'environment', language: 'shell', code: variables.join('\n') },
  ];
}
