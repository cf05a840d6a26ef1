import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createJournalNews } from './journal-news.ts';

test('a journal that takes nothing any more is told of with its reason, and so is one that does again', () => {
  const said: string[] = [];
  const tell = createJournalNews('/data/journal', (line) => said.push(line));
  tell('full', null);
  tell('full', new Error('ENOSPC: no space left on device, write'));
  tell('open', null);
  tell('failed', new Error('The journal has failed: EIO: i/o error, fdatasync'));
  assert.deepEqual(said, [
    'the journal takes no new records, so nothing may be spent: there is too little room in /data/journal, or it is away',
    'the journal takes no new records, so nothing may be spent: ENOSPC: no space left on device, write',
    'the journal takes records again',
    'The journal has failed: EIO: i/o error, fdatasync. Nothing is changed any more: restart when the disk works',
  ]);
});
