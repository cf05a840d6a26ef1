import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createRevival } from './revival.ts';

function openRevival(start: (attempt: number) => Promise<void>) {
  const stopping = new AbortController();
  const said: string[] = [];
  let [tries, settled] = [0, 0];
  const revival = createRevival({
    stopping: stopping.signal,
    settle: async () => void (settled += 1),
    start: () => start((tries += 1)),
    say: (line) => said.push(line),
  });
  return { revival, stopping, said, tries: () => tries, settled: () => settled };
}

describe('a process that has ended', () => {
  it('is started again at once, and after a pause until it runs', async () => {
    const { revival, said, tries } = openRevival(async (attempt) => {
      if (attempt === 1) throw new Error('no memory');
    });
    revival.ended('w0', null);
    assert.equal(tries(), 1);
    await revival.settled();
    assert.equal(tries(), 2);
    assert.deepEqual(said, [
      'data-plane process w0 ended (killed); starting it again',
      'data-plane process w0 cannot start: no memory',
    ]);
  });

  it('leaves its money to the others before the pause, not when it is started after that', async () => {
    const { revival, stopping, settled } = openRevival(async () => {});
    revival.ended('w0', null);
    await revival.settled();
    assert.equal(settled(), 0, 'it is started at once');
    revival.ended('w0', null);
    assert.equal(settled(), 1);
    stopping.abort();
    await revival.settled();
  });

  it('is started once, however often it ends meanwhile', async () => {
    const { revival, said, tries } = openRevival(async () => {});
    revival.ended('w0', 1);
    revival.ended('w0', 1);
    await revival.settled();
    assert.equal(tries(), 1);
    assert.equal(said.length, 1);
  });

  it('is not waited for when everything stops, not even in a pause', async () => {
    const { revival, stopping, tries } = openRevival(async () => {
      throw new Error('no memory');
    });
    revival.ended('w0', 1);
    revival.ended('w1', 1);
    stopping.abort();
    await revival.settled();
    assert.equal(tries(), 2);
  });
});
