import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compileGlob } from './glob.ts';

test('a glob fits whole paths: parts of names, folders, single characters', () => {
  const cases = [
    ['app.js', ['app.js'], ['src/app.js', 'app_js', 'app.jsx']],
    ['*.js', ['app.js', '.js'], ['src/app.js']],
    ['src/*/x?', ['src/a/x1'], ['src/a/x', 'src/a/b/x1', 'src/a/x/']],
    ['test/fixtures/**', ['test/fixtures/a', 'test/fixtures/a/b'], ['test/fixtures', 'a/test/fixtures/b']],
    ['test/', ['test/a', 'test/a/b'], ['test', 'tests/a']],
    ['**/x.ts', ['x.ts', 'a/x.ts', 'a/b/x.ts'], ['ax.ts', '/x.ts', 'a//x.ts']],
    ['a/**/b', ['a/b', 'a/c/b', 'a/c/d/b'], ['ab', 'a/cb']],
    ['**', ['', 'a', 'a/b'], []],
    ['a[b].(c)|$', ['a[b].(c)|$'], ['ab.c']],
    ['a\nb', ['a\nb'], ['a']],
  ] as const;
  for (const [glob, fitting, others] of cases) {
    const fits = compileGlob(glob);
    for (const path of fitting) assert.ok(fits(path), `${glob} ${path}`);
    for (const path of others) assert.ok(!fits(path), `${glob} ${path}`);
  }
});

test('a glob of a hostile project does not hold the scan up', () => {
  const started = process.cpuUsage();
  assert.ok(!compileGlob(`${'**/'.repeat(300)}x`)(`${'a/'.repeat(500)}b`));
  assert.ok(!compileGlob(`${'*a'.repeat(400)}x`)(`${'a'.repeat(1000)}b`));
  assert.ok(process.cpuUsage(started).user < 5_000_000);
});
