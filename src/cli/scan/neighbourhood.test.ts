import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { Secret } from '../../kernel/secret.ts';
import { groupSightings } from '../../scan/report/findings.ts';
import { LEAK_RULES } from '../../scan/rules/all.ts';
import { createNeighbourhood } from './neighbourhood.ts';

const folder = mkdtempSync(join(tmpdir(), 'ringfence-near-'));
after(() => rmSync(folder, { recursive: true }));

test('ids are read from the file of a value, and never from where a path in an archive leads', async () => {
  const id = `AC${'0123456789abcdef'.repeat(2)}`;
  const project = join(folder, 'project');
  mkdirSync(project);
  for (const place of [folder, project]) writeFileSync(join(place, 'env'), `TWILIO_ACCOUNT_SID=${id}\n`);
  const rule = LEAK_RULES.find((one) => one.id === 'twilio-auth-token');
  assert.ok(rule !== undefined);
  const near = createNeighbourhood({ folder: project, env: process.env });
  const idsAt = async (path: string) => {
    const secret = new Secret('9d02c7e4b16f38a5507be2914cfa6d83');
    const place = { kind: 'file', path } as const;
    const sighting = { rule, secret, companions: {}, confidence: 'high', place, line: 1, column: 1 } as const;
    const [finding] = groupSightings([sighting]);
    return finding === undefined ? null : (await near.companionsOf(finding)).all;
  };
  assert.deepEqual(await idsAt('env'), [{ id }]);
  for (const path of ['a.zip!/../../env', 'standard input!/../../env', 'a.zip!/b.zip!/../../../env'])
    assert.deepEqual(await idsAt(path), [{}], path);
});
