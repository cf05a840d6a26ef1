import assert from 'node:assert/strict';
import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test, type TestContext } from 'node:test';
import { findRuntimes } from './runtimes.ts';

/** A folder of made-up programs, as `PATH`. */
async function programs(t: TestContext, files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'ringfence-runtimes-'));
  t.after(() => rm(folder, { recursive: true }));
  for (const [name, text] of Object.entries(files)) {
    await writeFile(join(folder, name), text);
    await chmod(join(folder, name), 0o755);
  }
  return folder;
}
const BINARIES = { node: '\x7fELF', python3: '\x7fELF', 'python3.12': '\x7fELF', curl: '\x7fELF' };

async function kinds(command: string, PATH: string): Promise<string> {
  const { runtimes, isCommand } = await findRuntimes(command, { PATH });
  return `${isCommand} ${runtimes.map(({ kind, path }) => `${kind}:${path.replace(`${PATH}/`, '')}`).join(' ')}`;
}

test('a command that is a runtime is probed as itself, and curl beside it', async (t) => {
  const path = await programs(t, BINARIES);
  assert.equal(await kinds('node', path), 'true node:node curl:curl');
  assert.equal(await kinds('python3.12', path), 'true python:python3.12 curl:curl');
  assert.equal(await kinds(join(path, 'node'), path), 'true node:node curl:curl');
  assert.equal(await kinds('curl', path), 'true curl:curl');
});

test('a script is probed as the interpreter of its first line', async (t) => {
  const path = await programs(t, {
    ...BINARIES,
    npx: '#!/usr/bin/env node\n',
    tsx: '#!/usr/bin/env -S node --enable-source-maps\n',
  });
  await writeFile(join(path, 'gunicorn'), `#!${path}/python3.12\nimport x\n`, { mode: 0o755 });
  assert.equal(await kinds('npx', path), 'true node:node curl:curl');
  assert.equal(await kinds('tsx', path), 'true node:node curl:curl');
  assert.equal(await kinds('gunicorn', path), 'true python:python3.12 curl:curl');
});

test('a script that starts Java is probed with the Java that it will take', async (t) => {
  const path = await programs(t, {
    curl: '\x7fELF',
    java: '\x7fELF',
    mvn: '#!/bin/sh\n',
    build: '#!/bin/sh\n',
  });
  await mkdir(join(path, 'jdk/bin'), { recursive: true });
  await writeFile(join(path, 'jdk/bin/java'), '\x7fELF', { mode: 0o755 });
  assert.equal(await kinds('mvn', path), 'false java:java curl:curl');
  assert.equal(await kinds('build', path), 'false curl:curl');
  const { runtimes } = await findRuntimes('mvn', { PATH: path, JAVA_HOME: join(path, 'jdk') });
  assert.equal(runtimes[0]?.path, join(path, 'jdk/bin/java'));
});

test('a command of unknown nature is probed with every runtime, and said to be unknown', async (t) => {
  const path = await programs(t, {
    ...BINARIES,
    start: '#!/bin/sh\nnode app.js\n',
    native: '\x7fELF',
    odd: '#!\n',
  });
  for (const command of ['start', 'native', 'odd', 'absent', join(path, 'absent')])
    assert.equal(await kinds(command, path), 'false node:node python:python3 curl:curl', command);
  await mkdir(join(path, 'empty'));
  assert.equal(await kinds('native', join(path, 'empty')), 'false ');
});
