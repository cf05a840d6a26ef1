import type { LeakRule } from '../vendor.ts';

/** 32 random bytes in base62: 43 characters, rarely fewer or more. The name before it is part of the proof. */
export const leaks: readonly LeakRule[] = [
  {
    id: 'livekit-api-secret',
    title: 'LiveKit API secret',
    keywords: ['livekit'],
    pattern:
      /secret["'`]?\s{0,4}[:=]{1,2}\s{0,4}["'`]?(?=[A-Za-z]{0,43}\d)[A-Za-z0-9]{41,44}(?![A-Za-z0-9+/=])/i,
    examples: [
      'LIVEKIT_API_SECRET=aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0zA3bC6dE9fG2h',
      `livekit: { secret: "Zy8xW6vU4tS2rQ0pO9nM7lK5jI3hG1fE0dC2bA4zX6w" }`,
    ],
    nearMisses: [
      'LIVEKIT_API_SECRET=rfv000000000000000000000000TVH10',
      'LIVEKIT_API_SECRET=your-livekit-api-secret-goes-here-please',
      'LIVEKIT_API_SECRET=${LIVEKIT_API_SECRET}',
      'LIVEKIT_API_KEY=APIaBcDeFgHjKmN',
    ],
  },
];
