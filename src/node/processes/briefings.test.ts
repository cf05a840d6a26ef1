import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBriefings } from './briefings.ts';
import type { Part } from './messages.ts';

const trust = (host: string): Part => ({ kind: 'trust', certificate: '', hosts: [host] });

test('a change that is told between reading a part and telling it is what the process knows in the end', async () => {
  const briefings = createBriefings();
  const told: Part[] = [];
  /** As a broadcast does: the process hears it at once. */
  const change = (part: Part): void => {
    briefings.changed(part);
    told.push(part);
  };
  async function* parts(): AsyncGenerator<Part> {
    const read = trust('old');
    change(trust('new'));
    yield read;
  }
  await briefings.give(parts(), async (part) => {
    told.push(part);
    await Promise.resolve();
    if (told.length === 3) change(trust('newer'));
  });
  assert.deepEqual(told.at(-1), trust('newer'));
});

test('nothing is kept for a process that has been told, or that has ended meanwhile', async () => {
  const briefings = createBriefings();
  const told: Part[] = [];
  async function* parts(): AsyncGenerator<Part> {
    yield trust('one');
  }
  const end = () => Promise.reject(new Error('ended'));
  await assert.rejects(briefings.give(parts(), end), /ended/);
  briefings.changed(trust('between'));
  await briefings.give(parts(), async (part) => void told.push(part));
  briefings.changed(trust('after'));
  assert.deepEqual(told, [trust('one')]);
});
