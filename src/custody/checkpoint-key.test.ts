import assert from 'node:assert/strict';
import { inspect } from 'node:util';
import { test } from 'node:test';
import {
  CHECKPOINT_KEY_SETTING,
  loadOrCreateCheckpointKey,
  openCheckpointKey,
  verifyCheckpoint,
} from './checkpoint-key.ts';
import { custodyFixture } from './custody-fixture.ts';

test('the checkpoint key is made once, kept sealed, and signs so that the public key suffices to verify', async () => {
  const { options } = await custodyFixture();
  const sealer = options.sealerOf('setting');
  const first = await loadOrCreateCheckpointKey({ ...options, sealer });
  const again = await loadOrCreateCheckpointKey({ ...options, sealer });
  assert.equal(again.publicKey, first.publicKey);
  const signature = again.sign('abc');
  assert.ok(verifyCheckpoint('abc', signature, first.publicKey));
  assert.ok(!verifyCheckpoint('abd', signature, first.publicKey));
  assert.ok(!verifyCheckpoint('abc', '', first.publicKey));
  const kept = (await options.settings.get(CHECKPOINT_KEY_SETTING)) ?? '';
  assert.match(kept, /^rfs1\./);
  assert.equal(openCheckpointKey(kept, sealer).publicKey, first.publicKey);
  assert.ok(!inspect(first, { depth: 9, showHidden: true }).includes('PrivateKey'));
});
