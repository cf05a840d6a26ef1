import assert from 'node:assert/strict';
import { dirname, join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { incident, intent, newDirectory, openFor, released } from '../../journal/journal-fixture.ts';
import { micros } from '../../kernel/money.ts';
import type { Journals } from './journal-tail.ts';
import { readStory } from './journal-story.ts';

/** When the journals of the fixture are opened. */
const OPENED = 1_700_000_000_000;
const ALL = { outcome: 100, settlements: 100 };

/** A request, one record between it and its outcome, and one before what was learned later; the point of the request. */
async function setUp(t: TestContext) {
  const parent = dirname(newDirectory(t));
  const journals: Journals = { nodes: ['w0', 'control'], directoryOf: (node) => join(parent, node) };
  const open = (node: string) => openFor(t, { directory: join(parent, node), node });
  const [w0, control] = [await open('w0'), await open('control')];
  const position = w0.append(intent(OPENED));
  w0.append(incident(OPENED));
  w0.append(released(OPENED, position));
  const point = { node: 'w0', epoch: 1, position };
  control.append(incident(OPENED));
  control.append({ type: 'settlement', at: OPENED, of: point, state: 'released', amount: micros(0) });
  await Promise.all([w0.flush(), control.flush()]);
  const story = async (limits = ALL) => {
    const { entries, isCut } = await readStory(journals, point, limits);
    return [entries.map(({ record }) => record.type).join(' '), isCut];
  };
  return { journals, point, story };
}

test('a request is told with its outcome and with what was learned later', async (t) => {
  const { story } = await setUp(t);
  assert.deepEqual(await story(), ['intent outcome settlement', false]);
});

test('where too much came after it, the story is cut and says so', async (t) => {
  const { story } = await setUp(t);
  assert.deepEqual(await story({ ...ALL, outcome: 1 }), ['intent settlement', true]);
  assert.deepEqual(await story({ ...ALL, settlements: 1 }), ['intent outcome', true]);
});

test('a record that is not there has no story', async (t) => {
  const { journals, point } = await setUp(t);
  const empty = { entries: [], isCut: false };
  assert.deepEqual(await readStory(journals, { ...point, position: 99 }), empty);
  assert.deepEqual(await readStory(journals, { ...point, node: '../w0' }), empty);
});
