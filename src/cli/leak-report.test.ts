import assert from 'node:assert/strict';
import { test } from 'node:test';
import { leakRoutes } from '../api/routes/leaks.ts';
import { Secret } from '../kernel/secret.ts';
import { LEAK_RULES } from '../scan/rules/all.ts';
import type { AdminClient } from './client/client.ts';
import { reportSightings } from './leak-report.ts';

test('a value in a file with a very long path is told, with the end of its path', async () => {
  const [rule] = LEAK_RULES;
  assert.ok(rule !== undefined);
  const told: string[] = [];
  const client = {
    call(_: string, input: unknown) {
      const { findings } = leakRoutes['leaks.report'].input.parse(input);
      told.push(...findings.flatMap(({ places }) => places));
      return Promise.resolve([]);
    },
  } as unknown as AdminClient;
  const paths = ['short.env', `${'folder/'.repeat(200)}long.env`, `${'\u{1F511}'.repeat(400)}.env`];
  const sightings = paths.map((path) => ({
    rule: { ...rule, role: 'secret' as const },
    secret: new Secret(`value of ${path}`),
    companions: {},
    confidence: 'high' as const,
    place: { kind: 'file' as const, path },
    line: 7,
    column: 1,
  }));
  await reportSightings(client, sightings);
  assert.equal(told[0], 'short.env:7');
  assert.match(told[1] ?? '', /^….*\/long\.env:7$/);
  assert.equal(told.length, 3);
});
