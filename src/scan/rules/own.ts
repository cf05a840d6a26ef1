import { DISTINCT, joined } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';

const FIRST = joined('rfv', 'wEVtZKCqjrcaWUiGSeFgCRs4UZWCY');
const SECOND = joined('rfv', 'Ax1GOUwP56hsAx1GOUwP56h1BOqwD');

/** What this gateway issues. The checksum tells a virtual key from anything that only looks like one. */
export const OWN_RULES: readonly LeakRule[] = [
  {
    ...DISTINCT,
    id: 'ringfence-virtual-key',
    vendor: 'Ringfence',
    title: 'Virtual key of a Ringfence gateway',
    form: '`rfv` and 29 letters or digits, the last six a checksum',
    // With what stands before a value, as an anchor has four characters; the last are prefixes that adapters add.
    anchors: [
      '=rfv',
      '"rfv',
      "'rfv",
      ' rfv',
      ':rfv',
      '`rfv',
      '>rfv',
      ',rfv',
      '/rfv',
      '\trfv',
      '\nrfv',
      '(rfv',
      '[rfv',
      '{rfv',
      '*rfv',
      ';rfv',
      'KEYrfv',
    ],
    pattern: /(?<![0-9A-Za-z])(?:KEY)?(?<secret>rfv[0-9A-Za-z]{29})(?![0-9A-Za-z])/dg,
    structure: 'virtual-secret',
    structureDecides: true,
    remedy:
      'Revoke the virtual key with `ringfence keys revoke` and issue a new one; the real credential is safe.',
    examples: [
      `TWILIO_AUTH_TOKEN=${FIRST}`,
      `apiSecret: '${SECOND}'`,
      `TELNYX_API_KEY=KEY${FIRST}`,
      `[${SECOND}]`,
    ],
    nearMisses: [
      'TWILIO_AUTH_TOKEN=rfv00000000000000000000000000000',
      `authToken: '${FIRST.slice(0, -1)}Z'`,
      `authToken: '${FIRST}0'`,
      `authToken: '${SECOND.slice(0, -1)}'`,
    ],
  },
];
