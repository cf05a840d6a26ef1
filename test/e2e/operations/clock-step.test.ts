import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import type { FleetReport } from '../../../src/node/processes/fleet.ts';
import { LONGEST_CHILD } from '../longest-child.ts';
import { startNode, type TestNode, writeConfiguration } from '../node-fixture.ts';
import { firstReport, until } from '../spending.ts';

const MAIN = join(import.meta.dirname, '../../../src/main.ts');
const STEP = 400 * 86_400_000;
/** What a process sees that starts while the system's clock is wrong. */
const WRONG = `--import data:text/javascript,const{now}=Date;Date.now=()=>now()+${STEP}`;

describe('a data-plane process that starts while the wall clock is far ahead', () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  it('goes by the ledger time of its node, in which keys expire and budgets begin anew', async () => {
    const { clock } = node.primary;
    const next = await restart(node, WRONG);
    const ahead = next.report.ledgerTime - clock.ledger();
    assert.ok(Math.abs(ahead) < 60_000, `${ahead} ms ahead`);
    const saved = await until(async () => node.primary.store.settings.get('clock.ledgerTime'));
    assert.ok(Number(saved) < Date.now() + 60_000, `a restart would begin at ${saved}`);
  });
});

describe('a gateway that starts while the clock of its machine is far ahead', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-ahead-'));
  const ringfence = (words: readonly string[], options = '') =>
    spawnSync(process.execPath, [MAIN, ...words], {
      cwd: folder,
      encoding: 'utf8',
      timeout: LONGEST_CHILD,
      env: { ...process.env, NODE_OPTIONS: options },
    });
  before(async () => {
    await writeConfiguration(folder);
    assert.equal(ringfence(['init', '--trust-clock']).status, 0);
  });
  after(() => rmSync(folder, { recursive: true }));

  it('does not begin at that time, until a person says that it is right', () => {
    const refused = ringfence(['serve'], WRONG);
    assert.equal(refused.status, 1, refused.stdout);
    assert.match(refused.stderr, /Ringfence last ran on .*\n.*If it is right.*init --trust-clock/);
    assert.equal(ringfence(['init']).status, 0, 'nothing has changed');
    assert.equal(ringfence(['init', '--trust-clock'], WRONG).status, 0);
    assert.equal(ringfence(['init'], WRONG).status, 0);
  });
});

describe('a machine that sleeps', () => {
  let node: TestNode;
  let folder: string;
  before(async () => {
    node = await startNode();
    folder = await mkdtemp(join(tmpdir(), 'ringfence-sleep-'));
  });
  after(async () => {
    await node.close();
    await rm(folder, { recursive: true });
  });

  it('makes no key live longer: a process goes by the time when it wakes', async () => {
    const file = join(folder, 'slept');
    await restart(node, sleepingOnce(file));
    await writeFile(file, '');
    const { clock, supervisor } = node.primary;
    await until(async () => {
      const [found] = await supervisor.reports();
      const ahead = (found?.report.ledgerTime ?? 0) - clock.ledger();
      return ahead > SLEEP - 60_000 && ahead < SLEEP + 60_000 ? true : null;
    });
  });
});

const SLEEP = 8 * 3_600_000;

/** In its processes wall clock and uptime are ahead once the file is there; monotonic time is what it was. */
function sleepingOnce(file: string): string {
  const code = [
    `import os from 'node:os'`,
    `import { existsSync } from 'node:fs'`,
    `import { syncBuiltinESMExports } from 'node:module'`,
    `const { uptime } = os, { now } = Date`,
    `const slept = () => existsSync(${JSON.stringify(file)}) ? ${SLEEP} : 0`,
    `os.uptime = () => uptime() + slept() / 1000`,
    `Date.now = () => now() + slept()`,
    `syncBuiltinESMExports()`,
  ];
  return `--import data:text/javascript,${encodeURIComponent(code.join(';'))}`;
}

/** Kills the process of a node; the next one has these options of Node. Gives what that reports. */
async function restart({ primary }: TestNode, added: string): Promise<FleetReport> {
  const first = await firstReport(primary);
  const options = process.env['NODE_OPTIONS'] ?? '';
  process.env['NODE_OPTIONS'] = `${options} ${added}`;
  process.kill(first.pid, 'SIGKILL');
  return until(async () => {
    const [found] = await primary.supervisor.reports();
    return found === undefined || found.pid === first.pid ? null : found;
  }).finally(() => (process.env['NODE_OPTIONS'] = options));
}
