import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rotationWorld, type RotationWorld } from '../../custody/rotation/rotation-fixture.ts';
import { createAccountService } from './account-service.ts';
import type { Primary } from '../primary.ts';

async function setUp() {
  const world = await rotationWorld('second');
  const [accounts, rotations] = [world.openAccounts(), world.open()];
  const acts: string[] = [];
  const record: Primary['record'] = ({ act, target }) => Promise.resolve(void acts.push(`${act} ${target}`));
  const { lock } = world;
  const refreshPrices = () => Promise.resolve();
  const prices = { currencies: () => Promise.resolve([]), put: () => Promise.resolve(0) };
  const parts = { accounts, rotations, record, lock, refreshPrices, store: { prices } };
  const service = createAccountService(parts as unknown as Primary, { list: () => Promise.resolve([]) });
  return { world, service, rotations, acts };
}

/** The vendor answers the test of a credential that is being sealed when the gate opens. */
function holdSealing({ vendor }: RotationWorld): () => void {
  const { promise: gate, resolve: open } = Promise.withResolvers<void>();
  const send = vendor.send.bind(vendor);
  vendor.send = async (wire) => {
    if (wire.segments[0] === 'accounts') await gate;
    return send(wire);
  };
  return open;
}

async function turns(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn++) await new Promise(setImmediate);
}

const ROTATE = { account: 'account_1', secret: 'token', reason: 'asked' } as const;

test('a rotation waits for the credential that somebody is sealing, and replaces that one', async () => {
  const { world, service, rotations } = await setUp();
  const { tokens } = world.vendor;
  tokens.set('first', { token: 'manualtoken', label: null });
  const open = holdSealing(world);
  const resealed = service.reseal('account_1', { token: 'manualtoken' }, 'ada');
  await turns(1);
  const rotated = service.rotate(ROTATE, 'bob');
  await turns(20);
  open();
  await resealed;
  await rotated;
  const record = await rotations.settled('account_1');
  assert.equal(record?.phase, 'done', record?.problem ?? '');
  assert.equal(tokens.get('first')?.token, await world.inUse());
});

test('an account cannot be removed under a rotation that began at the same moment', async () => {
  const { world, service, rotations } = await setUp();
  const rotated = service.rotate(ROTATE, 'bob');
  await assert.rejects(service.remove({ id: 'account_1', name: 'main' }, 'ada'), { code: 'conflict' });
  await rotated;
  assert.equal((await rotations.settled('account_1'))?.phase, 'done');
  assert.equal(world.vendor.tokens.get('first')?.token, await world.inUse());
});

test('the journal tells by whom an account was sealed, by the id that the account has', async () => {
  const { service, acts } = await setUp();
  const values = { sid: 'AC1', token: 'realtoken' };
  const { id } = await service.seal({ vendor: 'acme', name: 'second', values }, 'ada');
  assert.equal(acts[0], `account.seal ${id}`);
});
