import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createDetector } from '../detector/detector.ts';
import { LEAK_RULES } from '../rules/all.ts';
import { createSearch } from './search.ts';

const SECRET = ['hV3nQ8zLw0TbYc5KpR1x', 'Jd7MgS9fUe2ABq4WmX6aPtG'].join('');
const OWN = ['rfv', 'wEVtZKCqjrcaWUiGSeFgCRs4UZWCY'].join('');

async function look(text: string): Promise<string[]> {
  const search = createSearch(createDetector(LEAK_RULES));
  await search.look({ kind: 'file', path: 'run/secrets/key' }, Buffer.from(text));
  return search
    .outcome()
    .sightings.map(({ rule, line, column, secret }) => `${rule.id} ${line}:${column} ${secret.reveal()}`);
}

test('a file that is a virtual key and nothing else holds one', async () => {
  for (const end of ['', '\n', '\r\n', '\nx=1\n'])
    assert.deepEqual(await look(`${OWN}${end}`), [`ringfence-virtual-key 1:1 ${OWN}`]);
  assert.deepEqual(await look(`\uFEFF${OWN}\n`), [`ringfence-virtual-key 1:2 ${OWN}`]);
});

test('a file that begins with the block of a vendor is read as one in which it stands further down', async () => {
  const block = `keys:\n  APIrT7mWq2ZkXc9: ${SECRET}\n`;
  assert.deepEqual(await look(block), [`livekit-key-pair 2:20 ${SECRET}`]);
  assert.deepEqual(await look(`port: 7880\n${block}`), [`livekit-key-pair 3:20 ${SECRET}`]);
});

test('a file that begins like a key or a block, and holds neither, has no findings', async () => {
  for (const text of ['', 'rfv', 'rfvx', `${OWN}0`, 'keys:', 'keyspace'])
    assert.deepEqual(await look(text), [], text);
});
