import assert from 'node:assert/strict';
import { test } from 'node:test';
import { freePorts } from './free-ports.ts';

test('ports that a process was given are given to no other, also before it listens there and while it starts again', async () => {
  const again = './free-ports.ts?as-in-a-process-whose-id-leads-to-the-same-block';
  const other = (await import(again)) as { freePorts: typeof freePorts };
  const [own, others] = [await freePorts(5), await other.freePorts(5)];
  assert.equal(new Set([...own, ...others]).size, 10);
});
