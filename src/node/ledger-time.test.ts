import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { AdminAct } from '../journal/records.ts';
import type { VirtualKeyRecord } from '../store/records.ts';
import { keepTrustedClock, LEDGER_TIME_SETTING, ledgerStart } from './ledger-time.ts';
import type { Primary } from './primary.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 28);

/** A gateway that last ran at `last`, with keys that end at these times, started with a clock that is trusted. */
function createNode(last: number | string | null, ends: readonly (number | null)[] = []) {
  const kept = new Map(last === null ? [] : [[LEDGER_TIME_SETTING, String(last)]]);
  const keys = new Map(ends.map((expiresAt, index) => [`key_${index}`, { id: `key_${index}`, expiresAt }]));
  const acts: AdminAct[] = [];
  const store = {
    settings: {
      get: async (name: string) => kept.get(name) ?? null,
      put: async (name: string, value: string) => void kept.set(name, value),
    },
    keys: {
      list: async () => [...keys.values()],
      put: async (key: VirtualKeyRecord) => void keys.set(key.id, key),
    },
  };
  const record = async (act: AdminAct) => void acts.push(act);
  const primary = { store, clock: { ledger: () => NOW }, record } as unknown as Primary;
  return { primary, acts, kept, ends: () => [...keys.values()].map(({ expiresAt }) => expiresAt) };
}

describe('the ledger time at which a gateway starts', () => {
  const startOf = (last: number | string | null) => ledgerStart(createNode(last).primary.store, NOW);

  it('is that of the machine, and never before the last one', async () => {
    assert.equal(await startOf(null), NOW);
    assert.equal(await startOf(NOW - 30 * DAY), NOW);
    assert.equal(await startOf(NOW + DAY), NOW + DAY);
  });

  it('is not months after the last one until a person says so: there would be no way back', async () => {
    await assert.rejects(startOf(NOW - 400 * DAY), {
      code: 'clock_unlikely',
      message: /it is 2026-11-28, and Ringfence last ran on 2025-10-24: 400 days/,
    });
  });

  it('is not guessed where the last one is damaged: by a clock that is no number no key would ever expire', async () => {
    for (const damaged of ['', 'x', '17x', 'NaN', 'Infinity', '-1', '1e300', '9e15'])
      await assert.rejects(startOf(damaged), { code: 'clock_lost', message: /clock\.ledgerTime/ }, damaged);
  });
});

describe('a clock that a person trusts', () => {
  it('is followed back: each key keeps the rest of its life, and none that had ended is good again', async () => {
    const node = createNode(NOW + 20 * DAY, [null, NOW + 50 * DAY, NOW + 10 * DAY]);
    await keepTrustedClock(node.primary, 'init');
    assert.deepEqual(node.ends(), [null, NOW + 30 * DAY, NOW - 10 * DAY]);
    assert.equal(node.kept.get(LEDGER_TIME_SETTING), String(NOW));
    assert.deepEqual(node.acts, [
      {
        actor: 'init',
        act: 'clock.trust',
        target: 'ledger',
        detail: { from: NOW + 20 * DAY, to: NOW },
      },
    ]);
  });

  it('is followed forward, and changes no key then', async () => {
    const node = createNode(NOW - 400 * DAY, [NOW + DAY]);
    await keepTrustedClock(node.primary, 'init');
    assert.deepEqual(node.ends(), [NOW + DAY]);
    assert.equal(await ledgerStart(node.primary.store, NOW), NOW);
  });

  it('takes the place of a last time that is damaged, and changes no key then', async () => {
    const node = createNode('x', [NOW + DAY]);
    await keepTrustedClock(node.primary, 'init');
    assert.deepEqual(node.ends(), [NOW + DAY]);
    assert.deepEqual(node.acts[0]?.detail, { from: null, to: NOW });
    assert.equal(await ledgerStart(node.primary.store, NOW), NOW);
  });
});
