import type { LeakRule } from '../vendor.ts';

/** Made-up values throughout. A virtual secret begins with `rfv`, which is not hexadecimal. */
export const leaks: readonly LeakRule[] = [
  {
    id: 'twilio-auth-token',
    title: 'Twilio auth token',
    keywords: ['twilio', 'auth_token', 'authToken', 'AC'],
    pattern:
      /(?:auth[_-]?token|twilio[_-]{0,2}(?:auth|token|secret|password))["'`\]]{0,2}\s{0,4}[:=,]{1,2}>?\s{0,4}["'`]?(?=[0-9a-f]{0,31}[a-f])(?=[0-9a-f]{0,31}[0-9])[0-9a-f]{32}(?![0-9A-Za-z])/i,
    examples: [
      'TWILIO_AUTH_TOKEN=0f1e2d3c4b5a69788796a5b4c3d2e1f0',
      `authToken: '9a8b7c6d5e4f30211203f4e5d6c7b8a9'`,
      '"twilio_token" => "0f1e2d3c4b5a69788796a5b4c3d2e1f0"',
    ],
    nearMisses: [
      'TWILIO_AUTH_TOKEN=your_auth_token_goes_here_please',
      'TWILIO_AUTH_TOKEN=rfv00000000000000000000000000000',
      'TWILIO_AUTH_TOKEN=00000000000000000000000000000000',
      'authToken: process.env.TWILIO_AUTH_TOKEN',
      'TWILIO_ACCOUNT_SID=AC0f1e2d3c4b5a69788796a5b4c3d2e1f0',
      'AUTH_TOKEN=0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0',
    ],
  },
  {
    id: 'twilio-account-pair',
    title: 'Twilio account SID with its auth token',
    keywords: [],
    pattern:
      /\bAC[0-9a-f]{32}["'`]?\s{0,4}[:,]\s{0,4}["'`]?(?=[0-9a-f]{0,31}[a-f])(?=[0-9a-f]{0,31}[0-9])[0-9a-f]{32}(?![0-9A-Za-z])/,
    examples: [
      `twilio('AC0123456789abcdef0123456789abcdef', '0f1e2d3c4b5a69788796a5b4c3d2e1f0')`,
      'https://AC0123456789abcdef0123456789abcdef:0f1e2d3c4b5a69788796a5b4c3d2e1f0@api.twilio.com/',
    ],
    nearMisses: [
      `twilio('AC0123456789abcdef0123456789abcdef', process.env.TOKEN)`,
      `twilio('AC0123456789abcdef0123456789abcdef', 'rfv0aB1cD2eF3gH4iJ5kL6mN7oP8qR9s')`,
      '["AC0123456789abcdef0123456789abcdef", "SM0f1e2d3c4b5a69788796a5b4c3d2e1f0"]',
    ],
  },
  {
    id: 'twilio-api-key',
    title: 'Twilio API key with its secret',
    keywords: [],
    pattern:
      /\bSK[0-9a-f]{32}["'`]?(?:\s{0,4}[:,]|[\s,;&]{1,4}[A-Za-z_.]{0,40}secret["'`]?\s{0,4}[:=])\s{0,4}["'`]?(?!rfv)(?=[A-Za-z]{0,31}\d)[0-9A-Za-z]{32}(?![0-9A-Za-z])/i,
    examples: [
      `new AccessToken(sid, 'SK0123456789abcdef0123456789abcdef', 'aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV')`,
      'SK0123456789abcdef0123456789abcdef:aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV',
      'TWILIO_API_KEY=SK0123456789abcdef0123456789abcdef\nTWILIO_API_SECRET=aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV',
    ],
    nearMisses: [
      'TWILIO_API_KEY=SK0123456789abcdef0123456789abcdef',
      `new AccessToken(sid, 'SK0123456789abcdef0123456789abcdef', process.env.SECRET)`,
      'SK0123456789abcdef0123456789abcdef:rfv0aB1cD2eF3gH4iJ5kL6mN7oP8qR9s',
    ],
  },
];
