import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { readConfig } from '../../../src/config/config.ts';
import { generateKeyRing } from '../../../src/custody/sealing/key-ring.ts';
import { writeKeyRing } from '../../../src/custody/sealing/key-ring-source.ts';
import { openPrimary } from '../../../src/node/primary.ts';
import { LONGEST_CHILD } from '../longest-child.ts';

const MAIN = resolve(import.meta.dirname, '../../../src/start.mjs');

describe('dev, on the data of a gateway with a real account', () => {
  let data: string;
  before(async () => {
    data = await mkdtemp(join(tmpdir(), 'ringfence-dev-'));
    const path = join(data, 'key-ring');
    await writeKeyRing(path, generateKeyRing({ random: randomBytes, now: Date.now() }), 'create');
    const config = readConfig({ data });
    const primary = await openPrimary({ config, keyRing: { kind: 'file', path }, say: () => {} });
    const values = { apiKey: `KEY${'0123456789ABCDEF'.repeat(2)}_abcdefghijklmnopqrstuv` };
    await primary.accounts.seal({ vendor: 'telnyx', name: 'main', values, upstream: null, currency: 'USD' });
    await primary.journal.close();
    await primary.store.close();
  });
  after(() => rm(data, { recursive: true, force: true }));

  it('does not mix simulated prices and answers into them', () => {
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'dev', '--data', data], {
      cwd: data,
      encoding: 'utf8',
      timeout: LONGEST_CHILD,
    });
    assert.notEqual(status, 0);
    assert.match(stderr, /holds accounts of real vendors \(main\).*--data/s);
  });
});
