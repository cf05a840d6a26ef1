import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createEndOfTurn } from './end-of-turn.ts';

describe('the end of a turn of the event loop', () => {
  it('lets all who arrive in one turn go on in the order of their arrival, and in the same turn', async () => {
    const endOfTurn = createEndOfTurn();
    const seen: string[] = [];
    const pass = async (name: string): Promise<void> => {
      await endOfTurn();
      seen.push(name);
    };
    const passing = [pass('first'), pass('second')];
    setImmediate(() => seen.push('next turn'));
    await Promise.all(passing);
    assert.deepEqual(seen, ['first', 'second']);
  });

  it('makes those who arrive while others are released wait for a turn of their own', async () => {
    const endOfTurn = createEndOfTurn();
    const seen: string[] = [];
    const twice = async (): Promise<void> => {
      await endOfTurn();
      setImmediate(() => seen.push('between'));
      await endOfTurn();
      seen.push('second turn');
    };
    await twice();
    assert.deepEqual(seen, ['between', 'second turn']);
  });
});
