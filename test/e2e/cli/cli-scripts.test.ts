import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parseScript, runStep } from './cli-script.ts';
import { openCliWorld } from './cli-world.ts';

const folder = new URL('./scripts/', import.meta.url);

for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt'))) {
  test(`ringfence: ${file.replace('.txt', '')}`, async (t) => {
    const steps = parseScript(readFileSync(new URL(file, folder), 'utf8'));
    assert.notEqual(steps.length, 0);
    const world = await openCliWorld({
      lostAnswers: file === 'lost-answers.txt' ? 3 : 0,
      isPresuming: file === 'presumed.txt',
    });
    t.after(() => world[Symbol.asyncDispose]());
    const names = new Map([
      ['folder', world.folder],
      ['url', world.url],
    ]);
    const env = { RINGFENCE_URL: world.url, RINGFENCE_DATA: world.folder, USER: 'ada' };
    for (const step of steps) await runStep(step, names, env);
  });
}
