import type { Snippet } from '../custody-adapter.ts';

/** How to use a virtual key with the vendor's SDKs. `gateway` has no slash at its end. */
export function snippets(parts: Parts, gateway: string): readonly Snippet[] {
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
    { sdk: 'livekit-api (Python)', language: 'python', code: python(parts, gateway) },
    { sdk: 'server-sdk-go (Go)', language: 'go', code: go(parts, gateway) },
    { sdk: 'livekit-server (Java)', language: 'java', code: java(parts) },
  ];
}

type Parts = Readonly<Record<string, string>>;

function python({ apiKey = '', apiSecret = '', host = '' }: Parts, gateway: string): string {
  return [
    'import asyncio',
    'from livekit import api',
    '',
    'async def main():',
    `    async with api.LiveKitAPI("${gateway}/${host}", "${apiKey}", "${apiSecret}") as livekit:`,
    '        print(len((await livekit.room.list_rooms(api.ListRoomsRequest())).rooms))',
    '',
    'asyncio.run(main())',
  ].join('\n');
}

function go({ apiKey = '', apiSecret = '', host = '' }: Parts, gateway: string): string {
  return [
    '// import lksdk "github.com/livekit/server-sdk-go/v2"',
    `rooms := lksdk.NewRoomServiceClient("${gateway}/${host}", "${apiKey}", "${apiSecret}")`,
  ].join('\n');
}

function java({ apiKey = '', apiSecret = '', host = '' }: Parts): string {
  return [
    '// The SDK drops a path: start the app with `ringfence run -- java -jar app.jar`, or give the host a port of its own',
    '// (`listeners.hosts`) and name that here, with the slash at its end, without which the SDK takes no URL.',
    `var rooms = io.livekit.server.RoomServiceClient.createClient("https://${host}/", "${apiKey}", "${apiSecret}");`,
  ].join('\n');
}
