import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createPlaceholderFilter } from './placeholder.ts';
import { seeded, valueForms } from './random-values-fixture.ts';

const isPlaceholder = createPlaceholderFilter();
const SAMPLES = 1000;
/** One in a thousand, and what chance may add: at that rate, more would come once in ten thousand times. */
const MOST_DROPPED = 6;

const PLACEHOLDERS = [
  [
    'stand-ins',
    'your_auth_token_here your-livekit-api-secret-goes-here-please yourTwilioApiKeySecretGoesHere12',
  ],
  [
    'words',
    'changeme1 MySecret123 Password123 test1234 TestApiKey12345 fakeApiSecret1 someApiSecret1 mockSecretKey1',
  ],
  [
    'fillings',
    'xxxxxxxxxxxxxxxx XXXXXXXXXXXXXXXXXXXXXXXXXXXXXXXX 00000000000000000000000000000001 aaaaaaaabbbbbbbb',
  ],
  ['sequences', '0123456789abcdef0123456789abcdef 1234567890abcdef ABCDEFGHIJ1234567890 fedcba9876543210'],
  [
    'sequences in turn',
    'a1b2c3d4e5f6a7b8c9d0e1f2a3b4c5d6 1a2b3c4d5e6f7g8h9i0j a0b1c2d3e4f5a6b7 aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV 0f1e2d3c4b5a69788796a5b4c3d2e1f0',
  ],
  ['repetitions', 'abcdabcdabcdabcd deadbeefdeadbeefdeadbeefdeadbeef foo123foo123foo123 1212121212121212'],
  ['keyboard runs', 'qwertyuiopasdfgh qwertyuiop1234 1qaz2wsx3edc4rfv5tgb'],
  [
    'names in code',
    'NexmoClientBuild thisIsTheNameOfSomething config.sinch.credentials.keySecret sha256HmacOfTheRequest1 RINGCENTRAL_CLIENT_ID',
  ],
  ['UUIDs made by hand', '12345678-1234-1234-1234-123456789012 00000000-0000-0000-0000-000000000000'],
  [
    'fillings behind a prefix',
    'xkeysib-xxxxxxxxxxxxxxxxxxxxxxxx SG.your_sendgrid_api_key xoxb-244636495000-244564491300-Wwpw98abcdabcdefabcdabcz key-0123456789abcdef0123456789abcdef',
  ],
  ['prefixes that tell', 'example-9d02c7e4b16f38a5507be2914cfa6d83 your_9d02c7e4b16f38a5507be2914cfa6d83'],
  [
    'references',
    '${TWILIO_TOKEN} {{secret}} <your-token> process.env.TOKEN $(cat-token-file) ************ abc...',
  ],
] as const;

describe('placeholder', () => {
  for (const [kind, values] of PLACEHOLDERS) {
    it(`${kind} are no credentials`, () => {
      for (const value of values.split(' ')) assert.ok(isPlaceholder(value, ''), value);
    });
  }

  it('a hash is no credential where the text before says that it is one', () => {
    const hash = '9d02c7e4b16f38a5507be2914cfa6d83';
    for (const before of ['commit ', 'sha1: ', '"integrity": "', 'etag="', 'md5 = ', 'X-Digest: '])
      assert.ok(isPlaceholder(hash, before), before);
    for (const before of ['token: ', 'secret="', '']) assert.ok(!isPlaceholder(hash, before), before);
  });

  for (const form of Object.keys(valueForms(Math.random))) {
    it(`of random values (${form}) at least 99.9 % pass`, () => {
      const make = valueForms(seeded(form.length * 7919))[form] ?? (() => '');
      const dropped = Array.from({ length: SAMPLES }, make).filter((value) => isPlaceholder(value, ''));
      assert.ok(dropped.length <= MOST_DROPPED, `${dropped.length} dropped, such as ${dropped[0]}`);
    });
  }
});
