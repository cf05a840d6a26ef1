import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Store } from '../store/ports.ts';
import { createPolicyInForce, createPolicyReader } from './policy-in-force.ts';
import { createPartReader } from './processes/start-order.ts';

const SOURCE = `version: 1
mode: enforce
rules:
  - { id: texts, effect: allow, who: { apps: [shop] }, to: { countries: [DE] } }
limits:
  - { id: each, per: key, rate: 10/1m }
`;

function inForce(version: { current: number }, text = SOURCE) {
  const active = () => {
    const source = `${text}# ${version.current}`;
    return Promise.resolve({ version: version.current, source, createdAt: 0, actor: 'me' });
  };
  return createPolicyInForce({ policies: { active } as unknown as Store['policies'] });
}

test('processes are told the policy as it was read by the primary, once a version: they parse no text', async () => {
  const version = { current: 1 };
  const policyInForce = inForce(version);
  const read = createPartReader({ store: {} as Store, policyInForce });
  const told = await read.policy();
  assert.ok(told.kind === 'policy' && told.document !== null);
  assert.deepEqual(structuredClone(told.document), told.document, 'it reaches a process as it is');
  assert.equal((await policyInForce()).document, told.document);
  version.current = 2;
  assert.notEqual((await policyInForce()).document, told.document);
});

test('of a policy that this version refuses no process is told anything', async () => {
  const told = await inForce({ current: 1 }, 'rules: 7')();
  assert.equal(told.document, null);
  assert.match(told.problem ?? '', /nothing is allowed/);
});

test('a version that a database gives anew, since it failed over to a copy without it, is the one that it holds now', async () => {
  let source = SOURCE;
  const active = () => Promise.resolve({ version: 1, source, createdAt: 0, actor: 'me' });
  const policyInForce = createPolicyInForce({ policies: { active } as unknown as Store['policies'] });
  await policyInForce();
  source = SOURCE.replace('10/1m', '3/1m');
  assert.deepEqual((await policyInForce()).document?.limits?.[0]?.rate, '3/1m');
});

test('a policy that was just checked is not parsed again when it comes into force', async () => {
  const read = createPolicyReader();
  const checked = read(SOURCE);
  const active = () => Promise.resolve({ version: 1, source: SOURCE, createdAt: 0, actor: 'me' });
  const policies = { active } as unknown as Store['policies'];
  assert.equal((await createPolicyInForce({ policies }, read)()).document, checked);
  assert.throws(() => read('rules: 7'));
  assert.notEqual(read(`${SOURCE}# other`), checked);
});
