import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createDetector } from '../../src/scan/detector/detector.ts';
import type { Detection } from '../../src/scan/detection.ts';
import { LEAK_RULES } from '../../src/scan/rules/all.ts';
import type { LeakRule } from '../../src/vendors/vendor.ts';

const detector = createDetector(LEAK_RULES);

function detectAll(text: string): Detection[] {
  const bytes = Buffer.from(text);
  const found: Detection[] = [];
  detector.detect({ bytes, length: bytes.length, from: 0, to: bytes.length }, (one) => found.push(one));
  return found;
}

const byRule = (rule: LeakRule, text: string): string[] =>
  detectAll(text)
    .filter((one) => one.rule === rule)
    .map(({ start, end }) => Buffer.from(text).subarray(start, end).toString());

describe('every leak rule', () => {
  for (const rule of LEAK_RULES) {
    it(`${rule.id} finds its examples and leaves near misses alone`, () => {
      assert.ok(rule.examples.length > 0 && rule.nearMisses.length > 0);
      for (const example of rule.examples) assert.notDeepEqual(byRule(rule, example), [], example);
      for (const nearMiss of rule.nearMisses) assert.deepEqual(byRule(rule, nearMiss), [], nearMiss);
    });
  }
});
