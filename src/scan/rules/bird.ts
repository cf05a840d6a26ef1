import { alphanumeric, DISTINCT, distinct, mixed, NAMED, owned } from '../../vendors/shared/leak-pattern.ts';
import type { LeakRule } from '../../vendors/leak-rule.ts';
import { mixedOf, notHere, uuidOf } from './example-values.ts';

/** MessageBird, which has become Bird. */
export const BIRD_RULES: readonly LeakRule[] = [
  {
    ...NAMED,
    id: 'messagebird-access-key',
    vendor: 'MessageBird',
    title: 'MessageBird access key',
    form: '25 letters and digits, perhaps after `live_` or `test_`, beside the name',
    anchors: ['messagebird', 'message_bird', 'message-bird'],
    pattern: owned({
      vendor: String.raw`message[_\-]?bird`,
      names: 'AccessKey|initClient|originate',
      form: `(?:live_|test_)?${alphanumeric(25)}`,
    }),
    remedy: 'Create a new access key under Developers in the MessageBird dashboard and delete this one.',
    examples: [
      `MESSAGEBIRD_ACCESS_KEY=live_${mixedOf(25, 1)}`,
      `const messagebird = require('messagebird').initClient('${mixedOf(25, 2)}');`,
      `require('messagebird')('${mixedOf(25, 4)}')`,
      `curl -H "Authorization: AccessKey ${mixedOf(25, 3)}" https://rest.messagebird.com/balance`,
    ],
    nearMisses: [
      ...notHere('MESSAGEBIRD_ACCESS_KEY'),
      `MESSAGEBIRD_ACCESS_KEY=${mixedOf(26, 1)}`,
      `MESSAGEBIRD_CHANNEL_ID=${uuidOf(1)}`,
      'messagebird key: thisIsTheNameOfSomething',
    ],
  },
  {
    ...NAMED,
    id: 'bird-access-key',
    vendor: 'Bird',
    title: 'Bird access key',
    form: '36 letters and digits of both cases beside the name',
    // Many names end in `bird`.
    anchors: [
      ...[' ', '"', "'", '.', '/', '=', '$', '(', '\n', '\t', '`', '<', '>', '['].map(
        (before) => `${before}bird`,
      ),
      'bird_access',
      'bird_api',
      'birdaccess',
      'birdapi',
      'bird.c',
    ],
    pattern: owned({
      vendor: '(?<![a-z])bird',
      names: 'AccessKey',
      form: mixed(36),
    }),
    remedy: 'Create a new access key in the Bird workspace and delete this one.',
    examples: [
      `BIRD_ACCESS_KEY=${mixedOf(36, 1)}`,
      `curl -H "Authorization: AccessKey ${mixedOf(36, 2)}" https://api.bird.com/workspaces`,
    ],
    nearMisses: [
      ...notHere('BIRD_ACCESS_KEY'),
      `BIRD_WORKSPACE_ID=${uuidOf(1)}`,
      `BIRD_ACCESS_KEY=${mixedOf(37, 1)}`,
    ],
  },
  {
    ...DISTINCT,
    id: 'bird-regional-key',
    vendor: 'Bird',
    title: 'Bird API key with its region',
    form: '`bk_`, a region, `_`, 20 to 64 letters and digits',
    anchors: ['bk_eu', 'bk_us', 'bk_ap', 'bk_sg', 'bk_au'],
    pattern: distinct(`bk_[a-z]{2}[0-9]{1,2}_${mixed(20, 64)}`, '(?![A-Za-z0-9_-])'),
    remedy: 'Create a new API key in the Bird dashboard and delete this one.',
    examples: [`BIRD_API_KEY=bk_eu1_${mixedOf(40, 1)}`, `new Bird({ apiKey: 'bk_us1_${mixedOf(32, 2)}' })`],
    nearMisses: [
      'BIRD_API_KEY=bk_eu1_your_api_key',
      `bk_eu1_${mixedOf(12, 1)}`,
      'apiKey: process.env.BK_EU1_KEY',
    ],
  },
];
