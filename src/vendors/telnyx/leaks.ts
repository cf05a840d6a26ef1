import type { LeakRule } from '../vendor.ts';

export const leaks: readonly LeakRule[] = [
  {
    id: 'telnyx-api-key',
    title: 'Telnyx API key',
    keywords: [],
    pattern: /(?<![A-Za-z0-9])KEY[0-9A-F]{32}_[0-9A-Za-z]{22}(?![A-Za-z0-9])/,
    examples: [
      'TELNYX_API_KEY=KEY0192A3B4C5D6E7F8091A2B3C4D5E6F70_aB3dE6gH9jK2mN5pQ8rS1t',
      '"Authorization": "Bearer KEY017F0A1B2C3D4E5F60718293A4B5C6D7_Zy8xW6vU4tS2rQ0pO9nM7l"',
    ],
    nearMisses: [
      'KEYrfv000000000000000000000000TVH10',
      'KEY0192A3B4C5D6E7F8091A2B3C4D5E6F70',
      'MYKEY0192A3B4C5D6E7F8091A2B3C4D5E6F70_aB3dE6gH9jK2mN5pQ8rS1t',
      'KEY0192a3b4c5d6e7f8091a2b3c4d5e6f70_aB3dE6gH9jK2mN5pQ8rS1t',
    ],
  },
];
