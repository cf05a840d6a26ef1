import type { Snippet } from '../custody-adapter.ts';

/** How to use a virtual key with the vendor's SDKs. `gateway` has no slash at its end. */
export function snippets(parts: Readonly<Record<string, string>>, gateway: string): readonly Snippet[] {
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
    { sdk: 'livekit/protocol (Go)', language: 'go', code: go(parts, gateway) },
  ];
}

/** The clients of the SDK itself send binary protobuf; those that send JSON take a token, and keep a path. */
function go(
  { apiKey = '', apiSecret = '', host = '' }: Readonly<Record<string, string>>,
  gateway: string,
): string {
  return [
    '// With auth and livekit of github.com/livekit/protocol, and github.com/twitchtv/twirp. server-sdk-go sends binary',
    '// protobuf, which the gateway does not read; the JSON clients send what it reads.',
    `token, _ := auth.NewAccessToken("${apiKey}", "${apiSecret}").SetVideoGrant(&auth.VideoGrant{RoomList: true}).ToJWT()`,
    'ctx, _ := twirp.WithHTTPRequestHeaders(context.Background(), http.Header{"Authorization": {"Bearer " + token}})',
    `rooms := livekit.NewRoomServiceJSONClient("${gateway}/${host}", http.DefaultClient)`,
  ].join('\n');
}
