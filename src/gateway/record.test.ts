import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate as turn } from 'node:timers/promises';
import { message, somebody } from '../guard/intents-fixture.ts';
import { refuse } from '../intent/decision.ts';
import type { PermittedRequest } from './decide.ts';
import type { PipelineParts } from './parts.ts';
import { recordIntent, recordRefusal } from './record.ts';

type Told = (error: Error | null) => void;

/** A journal that tells of a record when it is told to: that it was handed to the system, and that it is on disk. */
function openJournal({ accepts = true } = {}) {
  const told: { written: Told; durable: Told } = { written() {}, durable() {} };
  let released = 0;
  const parts = {
    journal: {
      node: 'w0',
      epoch: 1,
      accepts: () => accepts,
      append(_record: unknown, done: Told = () => {}) {
        told.written = done;
        return 7;
      },
      onDurable: (_position: number, done: Told) => (told.durable = done),
    },
  } as unknown as PipelineParts;
  const permitted = (effects: readonly string[]) =>
    ({
      request: { operation: { effects } },
      subject: somebody,
      intent: message,
      at: 0,
      permission: {
        admission: { release: () => (released += 1) },
        bound: null,
        reservation: null,
        observed: null,
      },
    }) as unknown as PermittedRequest;
  return { parts, told, permitted, released: () => released };
}

/** Whether it has ended by now. */
async function hasEnded(work: Promise<unknown>): Promise<boolean> {
  let isOver = false;
  void work.then(
    () => (isOver = true),
    () => (isOver = true),
  );
  await turn();
  return isOver;
}

test('what spends leaves once its record is written, and what cannot be taken back once it is on disk', async () => {
  for (const [effects, mayLeave] of [
    [['write', 'spend'], true],
    [['spend', 'buy'], false],
    [['credential'], false],
    [['admin'], false],
  ] as const) {
    const { parts, told, permitted } = openJournal();
    const recorded = recordIntent(parts, permitted(effects));
    assert.equal(await hasEnded(recorded), false, 'it is not written yet');
    told.written(null);
    assert.equal(await hasEnded(recorded), mayLeave, effects.join());
    told.durable(null);
    assert.equal(await recorded, 7);
  }
});

test('what has no record does not leave, and gives its place among those of the same time free', async () => {
  for (const fail of ['written', 'durable'] as const) {
    const { parts, told, permitted, released } = openJournal();
    const recorded = recordIntent(parts, permitted(['buy']));
    if (fail === 'durable') told.written(null);
    await turn();
    told[fail](new Error('EIO'));
    await assert.rejects(recorded, { code: 'journal_unavailable' });
    assert.equal(released(), 1);
  }
});

test('a refusal is told under its id once it is on disk, and without one while the journal takes nothing', async () => {
  const { refusal } = refuse('killed', 'kill:k', 'Off.');
  const refused = { request: { operation: null }, refusal, subject: somebody, intent: null, at: 0 } as never;
  const { parts, told } = openJournal();
  const recorded = recordRefusal(parts, refused);
  told.written(null);
  assert.equal(await hasEnded(recorded), false);
  told.durable(null);
  assert.equal(await recorded, 'w0-1-7');
  assert.equal(await recordRefusal(openJournal({ accepts: false }).parts, refused), null);
});
