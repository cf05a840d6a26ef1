import { createPrivateKey, sign } from 'node:crypto';
import { readFileSync, writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { openJournal } from '../../../src/journal/journal.ts';
import { systemBoot } from '../../../src/journal/system.ts';

/**
 * Appends records and prints `durable <epoch> <position>` for each that is on disk, `lost <position>` for each that
 * cannot be, `written <position>` for each that a kill cannot lose. Arguments: directory, key file, number of turns.
 */
const [directory = '', keyFile = '', turns = '0'] = process.argv.slice(2);
const key = createPrivateKey(readFileSync(keyFile));
const say = (line: string): unknown => writeSync(1, `${line}\n`);

const journal = await openJournal({
  directory,
  node: 'w0',
  clock: { wall: Date.now, monotonic: () => performance.now() },
  boot: systemBoot(),
  version: 'test',
  sign: (text) => sign(null, Buffer.from(text), key).toString('base64url'),
  segmentBytes: 300_000,
  minFreeBytes: 0,
  checkpointEvery: 10,
});
say(`open ${journal.epoch} 0`);

const padding = 'x'.repeat(9_000);
for (let turn = 0; turn < Number(turns) && journal.state() !== 'failed'; turn += 1) {
  for (let count = turn % 4; count >= 0; count -= 1) append(turn);
  await nextTurn();
  if (turn % 5 === 0) await journal.flush().catch(() => {});
}
await journal.flush().catch(() => {});
say(`state ${journal.state()}`);
await journal.close();
say('closed');

function append(turn: number): void {
  try {
    const record = { type: 'incident', at: Date.now(), what: 'test', detail: { turn, padding } } as const;
    const position = journal.append(record, (error) => {
      if (error === null) say(`written ${journal.epoch} ${position}`);
    });
    journal.onDurable(position, (error) =>
      say(error === null ? `durable ${journal.epoch} ${position}` : `lost ${journal.epoch} ${position}`),
    );
  } catch {
    say('refused');
  }
}
