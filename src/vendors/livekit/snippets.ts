import type { Snippet } from '../custody-adapter.ts';

/** How to use a virtual key with the vendor's SDK. */
export function snippets(parts: Readonly<Record<string, string>>): readonly Snippet[] {
  const credential = `'${parts['apiKey'] ?? ''}', '${parts['apiSecret'] ?? ''}'`;
  return [
    {
      sdk: 'livekit-server-sdk',
      language: 'javascript',
      code: [
        "import { RoomServiceClient } from 'livekit-server-sdk';",
        '// The SDK drops a path: start the app with `ringfence run -- node app.js`, or give the host a port of its own',
        '// (`listeners.hosts`) and name that here.',
        `const rooms = new RoomServiceClient('https://${parts['host'] ?? ''}', ${credential});`,
      ].join('\n'),
    },
  ];
}
