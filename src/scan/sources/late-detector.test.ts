import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Detector } from '../detection.ts';
import { createDetector } from '../detector/detector.ts';
import { LEAK_RULES } from '../rules/all.ts';
import { createLateDetector } from './late-detector.ts';

const all = createDetector(LEAK_RULES);

function detect(detector: Detector | null, text: string): string[] {
  const bytes = Buffer.from(text);
  const found: string[] = [];
  detector?.detect(
    { bytes, length: bytes.length, from: 0, to: bytes.length },
    ({ rule, start, end, confidence }) => found.push(`${rule.id} ${start} ${end} ${confidence}`),
  );
  return found.toSorted();
}

test('the rules that load for a text detect in it what all rules do', async () => {
  for (const { id, examples, nearMisses } of LEAK_RULES)
    for (const text of [...examples, ...nearMisses]) {
      const detector = await createLateDetector(null).openFor([Buffer.from(text)]);
      assert.deepEqual(detect(detector, text), detect(all, text), id);
    }
});

test('a second text with anchors of other rules is searched by all rules', async () => {
  const late = createLateDetector(null);
  const [one, other] = ['messagebird-access-key', 'ringfence-virtual-key'].map(
    (id) => LEAK_RULES.find((rule) => rule.id === id) ?? LEAK_RULES[0],
  );
  const first = one?.examples[0] ?? '';
  const second = other?.examples[0] ?? '';
  const few = await late.openFor([Buffer.from(first)]);
  assert.equal(await late.openFor([Buffer.from(first)]), few);
  const more = await late.openFor([Buffer.from(second)]);
  assert.notEqual(more, few);
  assert.deepEqual(detect(more, second), detect(all, second));
  assert.ok(detect(more, second).length > 0);
});

test('nothing loads for texts without an anchor, up to 1 MiB of them', async () => {
  const late = createLateDetector(null);
  const text = Buffer.alloc(700 << 10, 'x\n');
  assert.equal(await late.openFor([text]), null);
  assert.notEqual(await late.openFor([text]), null);
});

test('with chosen rules, only these detect', async () => {
  const rule = LEAK_RULES.find(({ id }) => id === 'messagebird-access-key');
  const text = rule?.examples[0] ?? '';
  const own = await createLateDetector(['messagebird-access-key']).openFor([Buffer.from(text)]);
  assert.ok(detect(own, text).length > 0);
  const other = await createLateDetector(['bird-access-key']).openFor([Buffer.from(text)]);
  assert.deepEqual(detect(other, text), []);
});
