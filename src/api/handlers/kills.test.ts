import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AdminServices } from '../services/all.ts';
import { killHandlers } from './kills.ts';

test('a country that does not exist is refused: its kill would stop nothing', async () => {
  const put: string[] = [];
  const kills = { put: ({ target }: { target: string }) => Promise.resolve(void put.push(target)) };
  const services = { kills } as unknown as AdminServices;
  const kill = (target: string) =>
    killHandlers['kills.put']({
      services,
      actor: 'ada',
      input: { scope: 'country', target, reason: '' },
      signal: new AbortController().signal,
      progress: () => undefined,
    });
  for (const target of ['UK', 'XX', 'de', ''])
    await assert.rejects(async () => kill(target), { code: 'input_invalid' }, target);
  await kill('GB');
  assert.deepEqual(put, ['GB']);
});
