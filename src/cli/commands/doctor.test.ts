import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { loadOrCreateAuthority } from '../../tls/authority.ts';
import { tlsFixture } from '../../tls/tls-fixture.ts';
import { printed } from '../cli-fixture.ts';

const MAIN = join(import.meta.dirname, '../../main.ts');

test('with a configuration that cannot be read `doctor` asks no gateway, unless a URL names it', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'ringfence-doctor-'));
  t.after(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, 'own.yaml'), 'listeners: { admin: { prt: 47913 } }\n');
  const gateway = createServer((_, response) => response.writeHead(503).end()).listen(0, '127.0.0.1');
  t.after(() => gateway.close());
  await once(gateway, 'listening');
  const { port } = gateway.address() as { readonly port: number };
  const doctor = async (...flags: readonly string[]) => {
    const told = spawn(process.execPath, [MAIN, 'doctor', '--config', 'own.yaml', ...flags], { cwd: folder });
    return text(told.stdout);
  };
  const blind = await doctor();
  assert.match(blind, /^FINDING +configuration: .*unknown field "prt"/m);
  assert.match(blind, /^skipped +gateway: the configuration tells where it is/m);
  assert.doesNotMatch(blind, /^FINDING +gateway|token/m);
  assert.match(await doctor('--url', `http://127.0.0.1:${port}`), /^FINDING +gateway/m);
});

test('who has a full journal is asked for room, and for a restart only where it has failed', async () => {
  const { authority } = await loadOrCreateAuthority({
    ...tlsFixture([]).options,
    hosts: ['api.acme.example'],
  });
  const now = new Date().toISOString();
  const problem = 'the journal is full: nothing may be spent';
  const answers: Readonly<Record<string, unknown>> = {
    'status.get': {
      store: { engine: 'sqlite', state: 'ok', problem: null },
      journals: [{ node: 'w0', state: 'failed', problem, unshipped: 0 }],
      workers: [],
      listeners: [],
      clock: { wall: now, ledger: now },
    },
    'ca.get': { hosts: [], certificate: authority.certificate },
    'accounts.list': [],
  };
  const told = await printed((route) => answers[route], 'doctor', '--url', 'http://127.0.0.1:1');
  assert.match(
    told,
    /^FINDING +journal w0: the journal is full.*\n.*room, and it goes on by itself; one that has failed: .*restart/m,
  );
});
