import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { parse } from 'yaml';
import { readConfig } from '../../../src/config/config.ts';
import { renderMetrics } from '../../../src/node/services/metrics.ts';

const guide = readFileSync(new URL('../../../docs/running.md', import.meta.url), 'utf8');

test('the guide to running it names metrics that exist', () => {
  const known = renderMetrics([], { leases: [], canaries: [], leaks: [] });
  const named = [...guide.matchAll(/ringfence_[a-z_]+/g)].map(([name]) => name);
  assert.ok(named.length > 4);
  for (const name of named) assert.match(known, new RegExp(`^# TYPE ${name} `, 'm'));
});

test('its example of a configuration is valid', () => {
  const [, text = ''] = /```yaml\n(data: .*?)```/s.exec(guide) ?? [];
  assert.equal(readConfig(parse(text)).listeners.tls?.port, 443);
});

test('its unit finds the program where npm put it: /usr/local/bin beside some Nodes, /usr/bin beside others', () => {
  const unit = readFileSync(new URL('../../../templates/ringfence.service', import.meta.url), 'utf8');
  const [, program] = /^ExecStart=(\S+) /m.exec(unit) ?? [];
  assert.equal(program, 'ringfence'); // systemd looks a bare name up in its own path.
});
