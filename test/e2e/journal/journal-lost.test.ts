import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { pathsOf } from '../../../src/config/config.ts';
import { createJournalService } from '../../../src/node/services/journal-service.ts';
import { openPrimary, type Primary } from '../../../src/node/primary.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { allowMessages, PRICE, sendAtLast, spentOf, until } from '../spending.ts';

const BUDGET = 'budget_lost';

describe('a journal folder that is lost while the store is not', () => {
  const old = mkdtempSync(join(tmpdir(), 'ringfence-old-'));
  let node: TestNode;
  let primary: Primary;
  let folder: string;
  let sent = 0;
  before(async () => {
    node = await startNode();
    ({ primary } = node);
    folder = join(pathsOf(primary.config).journal, 'w0');
    await allowMessages(primary, BUDGET, 100);
    for (let life = 0; life < 3; life++) {
      await sendAndBook();
      await restart(() => life === 0 && cpSync(folder, old, { recursive: true }));
    }
  });
  after(async () => {
    await primary.close();
    await node.close();
    rmSync(old, { recursive: true });
  });

  async function restart(change: () => unknown): Promise<void> {
    const { config } = primary;
    await primary.close();
    change();
    const keyRing = { kind: 'file', path: join(config.data, 'key-ring') } as const;
    primary = await openPrimary({ config, keyRing, say: () => {} });
    await primary.start();
  }

  /** Sends a message, and waits until the ledger has it. */
  async function sendAndBook(): Promise<void> {
    assert.equal((await sendAtLast(node)).code, 'allowed');
    sent += 1;
    await until(async () => ((await spentOf(primary, BUDGET)) === sent * PRICE ? true : null));
  }

  for (const [what, putBack] of [
    ['nothing', () => {}],
    ['an old copy', () => cpSync(old, folder, { recursive: true })],
  ] as const)
    it(`gives no place out twice when ${what} is put back: spending goes on, and is booked`, async () => {
      await restart(() => {
        rmSync(folder, { recursive: true });
        putBack();
      });
      await sendAndBook();
      const { problems } = await createJournalService(primary).verify();
      assert.ok(
        problems.some((one) => one.includes('the store has seen')),
        String(problems),
      );
      assert.deepEqual((await primary.store.ledger.verify()).problems, []);
    });
});
