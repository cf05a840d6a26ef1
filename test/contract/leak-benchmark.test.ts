import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { createCorpus, OWN_VENDOR, type Case } from '../../bench/leaks/corpus.ts';
import {
  emptyTally,
  overlaps,
  precisionOf,
  recallOf,
  scorePlace,
  type Reported,
} from '../../bench/leaks/score.ts';
import { createDetector } from '../../src/scan/detector-source.ts';
import { createSearch } from '../../src/scan/sources/search.ts';

const LEAST_RECALL = 0.98;
const LEAST_PRECISION = 0.98;

const cases = createCorpus({ seed: 7, repeats: 1, negatives: 10 });
const detector = createDetector({ ids: null });

async function reportsOn({ path, content }: Case): Promise<Reported[]> {
  const search = createSearch(detector);
  await search.look({ kind: 'file', path }, content);
  return search.outcome().sightings.map(({ rule, secret }) => ({
    path,
    vendor: rule.vendor,
    rule: rule.id,
    secret: secret.reveal(),
  }));
}

describe('the benchmark of leaks', () => {
  it('is the same for the same seed, and another for another', () => {
    const again = createCorpus({ seed: 7, repeats: 1, negatives: 10 });
    assert.deepEqual(again[100], cases[100]);
    assert.equal(again.length, cases.length);
    assert.notDeepEqual(createCorpus({ seed: 8, repeats: 1, negatives: 10 })[100], cases[100]);
  });

  it('counts a value that was found whole, in part or encoded, and nothing else', () => {
    const secret = '7c1e09b52fa84d630e9b71d4a8f25c36';
    assert.ok(overlaps(secret, secret));
    assert.ok(overlaps(secret.slice(0, 20), secret));
    assert.ok(overlaps(Buffer.from(secret).toString('base64'), secret));
    assert.ok(!overlaps(secret.slice(0, 10), secret));
    assert.ok(!overlaps('9d02c7e4b16f38a5507be2914cfa6d83', secret));
  });

  it('counts what is missed, wrong and misnamed', () => {
    const secret = '7c1e09b52fa84d630e9b71d4a8f25c36';
    const planted = { vendor: 'Acme', kind: 'token', secret };
    const report = { path: 'a', vendor: 'Acme', rule: 'acme-token', secret };
    const tally = emptyTally();
    scorePlace(planted, [report], tally);
    scorePlace(planted, [], tally);
    scorePlace(planted, [{ ...report, vendor: 'Other' }], tally);
    scorePlace(null, [report], tally);
    assert.deepEqual(tally, { found: 2, missed: 1, wrong: 1, misnamed: 1 });
    assert.equal(recallOf(tally), 2 / 3);
    assert.equal(precisionOf(tally), 2 / 3);
  });

  it('is passed: secrets of all vendors are found, and little else; virtual keys are known as ours', async () => {
    const [all, own] = [emptyTally(), emptyTally()];
    for (const one of cases)
      scorePlace(one.planted, await reportsOn(one), one.planted?.vendor === OWN_VENDOR ? own : all);
    assert.ok(recallOf(all) >= LEAST_RECALL, `recall ${recallOf(all)}`);
    assert.ok(precisionOf(all) >= LEAST_PRECISION, `precision ${precisionOf(all)}`);
    assert.equal(own.missed + own.wrong + own.misnamed, 0);
    assert.ok(own.found > 0);
  });
});
