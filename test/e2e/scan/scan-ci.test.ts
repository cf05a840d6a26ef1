import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, it } from 'node:test';
import { parse } from 'yaml';
import { line, openScanWorld, type ScanWorld, TOKENS } from './scan-world.ts';

const fileOf = (name: string): string => readFileSync(new URL(`../../../${name}`, import.meta.url), 'utf8');
const MAIN = new URL('../../../src/start.mjs', import.meta.url).pathname;

interface Action {
  readonly runs: { readonly steps: readonly { readonly name?: string; readonly run?: string }[] };
}

interface Template {
  readonly ringfence_secret_detection: { readonly script: readonly string[] };
}

describe('in CI', () => {
  let world: ScanWorld;
  beforeEach(() => {
    world = openScanWorld();
    world.git('init', '-q', '-b', 'main');
    world.write({
      'old.env': line(TOKENS[0]),
      'action/dist/start.mjs': `await import(${JSON.stringify(MAIN)});`,
    });
    world.write({ 'action/package.json': '{"type":"module"}', '.gitignore': 'action\n' });
    world.git('add', '.');
    world.git('commit', '-qm', 'one');
    world.write({ 'new.env': line(TOKENS[1]) });
    world.git('add', '.');
    world.git('commit', '-qm', 'two');
  });
  afterEach(() => world[Symbol.dispose]());

  function shell(program: string, script: string, more: Readonly<Record<string, string>>): number | null {
    const path = `${process.execPath.replace(/\/[^/]+$/, '')}:${world.env['PATH'] ?? ''}`;
    const env = { ...world.env, ...more, PATH: path };
    return spawnSync(program, ['-ec', script], { cwd: world.folder, env, stdio: 'pipe' }).status;
  }

  it('the GitHub action scans files, a history, or the commits of a push', () => {
    const { runs } = parse(fileOf('action.yml')) as Action;
    const script = runs.steps.find(({ name }) => name === 'Scan')?.run ?? '';
    const base = {
      ACTION_PATH: world.path('action'),
      SCAN_PATH: '.',
      SCAN_ARGUMENTS: '',
      SCAN_SARIF: 'out.sarif',
      RANGE_BASE: world.git('rev-parse', 'HEAD~1').trim(),
      RANGE_HEAD: world.git('rev-parse', 'HEAD').trim(),
    };
    const results = (mode: string, more: Readonly<Record<string, string>> = {}): number => {
      assert.equal(shell('bash', script, { ...base, SCAN_MODE: mode, ...more }), 3);
      const { runs: found } = JSON.parse(readFileSync(world.path('out.sarif'), 'utf8')) as {
        readonly runs: readonly { readonly results: readonly unknown[] }[];
      };
      return found[0]?.results.length ?? 0;
    };
    assert.equal(results('files'), 2);
    assert.equal(results('history', { SCAN_ARGUMENTS: '--workers 1' }), 2);
    assert.equal(results('range'), 1);
    const [newBranch, forcePush] = ['0'.repeat(40), 'f'.repeat(40)];
    assert.equal(results('range', { RANGE_BASE: newBranch }), 2);
    assert.equal(results('range', { RANGE_BASE: forcePush }), 2);
    assert.equal(shell('bash', script, { ...base, SCAN_MODE: 'other' }), 2);
    assert.equal(shell('bash', script, { ...base, SCAN_MODE: 'files', SCAN_PATH: '$(touch pwned)' }), 1);
    assert.ok(!existsSync(world.path('pwned')));
  });

  it('the GitLab template scans what a merge request brings, or the files of a branch', () => {
    const { ringfence_secret_detection: job } = parse(fileOf('templates/gitlab-scan.yml')) as Template;
    const found = (more: Readonly<Record<string, string>>): number => {
      const variables = {
        RINGFENCE_SCAN_PATH: '.',
        CI_COMMIT_SHA: world.git('rev-parse', 'HEAD').trim(),
        ...more,
      };
      assert.equal(shell('sh', job.script.join('\n'), variables), 3);
      const report = readFileSync(world.path('gl-secret-detection-report.json'), 'utf8');
      return (JSON.parse(report) as { readonly vulnerabilities: readonly unknown[] }).vulnerabilities.length;
    };
    assert.equal(found({}), 2);
    assert.equal(found({ CI_MERGE_REQUEST_DIFF_BASE_SHA: world.git('rev-parse', 'HEAD~1').trim() }), 1);
  });

  it('the hook of the pre-commit framework is a command that exists', async () => {
    const [hook] = parse(fileOf('.pre-commit-hooks.yaml')) as readonly { readonly entry: string }[];
    world.write({ 'more.env': line(TOKENS[2]) });
    world.git('add', '.');
    assert.equal(shell('sh', hook?.entry ?? '', {}), 3);
  });
});
