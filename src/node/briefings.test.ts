import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBriefings } from './briefings.ts';
import type { Part } from './messages.ts';

const policy = (source: string): Part => ({ kind: 'policy', source });

test('a change that is told between reading a part and telling it is what the process knows in the end', async () => {
  const briefings = createBriefings();
  const told: Part[] = [];
  /** As a broadcast does: the process hears it at once. */
  const change = (part: Part): void => {
    briefings.changed(part);
    told.push(part);
  };
  async function* parts(): AsyncGenerator<Part> {
    const read = policy('old');
    change(policy('new'));
    yield read;
  }
  await briefings.give(parts(), async (part) => {
    told.push(part);
    await Promise.resolve();
    if (told.length === 3) change(policy('newer'));
  });
  assert.deepEqual(told.at(-1), policy('newer'));
});

test('nothing is kept for a process that has been told, or that has ended meanwhile', async () => {
  const briefings = createBriefings();
  const told: Part[] = [];
  async function* parts(): AsyncGenerator<Part> {
    yield policy('one');
  }
  const end = () => Promise.reject(new Error('ended'));
  await assert.rejects(briefings.give(parts(), end), /ended/);
  briefings.changed(policy('between'));
  await briefings.give(parts(), async (part) => void told.push(part));
  briefings.changed(policy('after'));
  assert.deepEqual(told, [policy('one')]);
});
