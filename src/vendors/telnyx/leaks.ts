import { DISTINCT, distinct, joined } from '../shared/leak-pattern.ts';
import type { LeakRule } from '../leak-rule.ts';

export const leaks: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'telnyx-api-key',
    vendor: 'Telnyx',
    title: 'Telnyx API key',
    form: '`KEY`, 32 upper-case hexadecimal digits, `_`, 22 letters or digits',
    anchors: [{ prefix: 'KEY', hex: 32 }],
    pattern: distinct('KEY[0-9A-F]{32}_[0-9A-Za-z]{22}'),
    // The first twelve digits are the time at which the vendor made it.
    structure: 'milliseconds-hex',
    structureDecides: true,
    remedy: 'Create a new API key in the Telnyx portal, move the apps to it, and delete this one.',
    examples: [
      `TELNYX_API_KEY=${joined('KEY', '0192A3B47D5E61F80B1A2C3946EF5D70_')}aQ3dE6gH9jK2mW5pZ8rS1t`,
      `"Authorization": "Bearer ${joined('KEY', '018F0A1B2C9D4E5F6B718293F4B5C6D7_')}Zy8xW6vU4tS2rQ0pO9nM7l"`,
    ],
    nearMisses: [
      'KEYrfv000000000000000000000000TVH10',
      'KEY0192A3B47D5E61F80B1A2C3946EF5D70',
      `TELNYX_API_KEY=${joined('KEY', 'F192A3B47D5E61F80B1A2C3946EF5D70_aQ3dE6gH9jK2mW5pZ8rS1t')}`,
      'MYKEY0192A3B47D5E61F80B1A2C3946EF5D70_aQ3dE6gH9jK2mW5pZ8rS1t',
      'KEY0192a3b47d5e61f80b1a2c3946ef5d70_aQ3dE6gH9jK2mW5pZ8rS1t',
      'TELNYX_API_KEY=process.env.TELNYX_API_KEY',
    ],
  },
];
