import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../kernel/secret.ts';
import { createScrubber } from './scrub.ts';
import { scrubStream } from './scrub-stream.ts';

const SECRET = 'f00dfeedf00dfeed';
const PASSWORD = 'correct horse battery staple '.repeat(4);
const scrubber = createScrubber({ fields: {}, secrets: { token: new Secret(SECRET) } }, ['password']);

async function scrubbed(texts: readonly string[], known = scrubber): Promise<string> {
  const [first = Buffer.alloc(0), ...others] = texts.map((text) => Buffer.from(text));
  const rest = (async function* () {
    yield* others;
  })();
  return Buffer.concat(await Array.fromAsync(scrubStream(first, rest, known))).toString();
}

test('a secret, or a sealed field, is found wherever the answer is cut into parts', async () => {
  const padding = 'x'.repeat(20_000);
  const text = `{"a":"${padding}","token":"${SECRET}","password" : "${PASSWORD}","b":"${padding}"}`;
  const at = text.indexOf('"token"');
  for (let cut = at; cut < at + 180; cut += 1) {
    const whole = await scrubbed(['', text.slice(0, cut), text.slice(cut)]);
    assert.ok(!whole.includes(SECRET) && !whole.includes('battery'), `cut at ${cut - at}`);
    assert.equal(whole, `{"a":"${padding}","token":"[sealed]","password" : "[sealed]","b":"${padding}"}`);
  }
});

test('a secret is found in any spelling where the answer is cut also where the vendor seals no fields', async () => {
  const known = createScrubber({ fields: {}, secrets: { token: new Secret(SECRET) } }, []);
  const longest = Buffer.from(SECRET).toString('base64url');
  for (const text of [`{"token":"${SECRET}"}`, `{"token":"${longest}"}`])
    for (let cut = 1; cut < text.length; cut += 1)
      assert.equal(
        await scrubbed(['', text.slice(0, cut), text.slice(cut)], known),
        '{"token":"[sealed]"}',
        `${text} ${cut}`,
      );
});
