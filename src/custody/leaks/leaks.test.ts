import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RingfenceError } from '../../kernel/errors.ts';
import { createKeyedLock } from '../../kernel/keyed-lock.ts';
import { Secret } from '../../kernel/secret.ts';
import { createCanaries } from '../canaries/canaries.ts';
import { acme, custodyFixture } from '../custody-fixture.ts';
import { openAccount, sealAccount } from '../open.ts';
import type { RotationRecord } from '../rotation/record.ts';
import type { RotationRequest } from '../rotation/rotations.ts';
import { createVirtualKeys } from '../virtual-keys.ts';
import { createLeaks } from './leaks.ts';
import type { ReportedLeak } from './state.ts';

const found = (value: string, ...places: readonly string[]): ReportedLeak => ({
  rule: 'acme-token',
  vendor: 'Acme',
  title: 'Acme token',
  remedy: 'Delete it in the console.',
  value: new Secret(value),
  places: places.length === 0 ? ['.env:1'] : places,
});

async function setUp(automatic: 'ask' | 'keys' | 'all' = 'ask') {
  const { clock, options } = await custodyFixture();
  const acts: { readonly act: string }[] = [];
  const asked: RotationRequest[] = [];
  const rotations: RotationRecord[] = [];
  const vendor = { isBusy: false, isSilent: false };
  const sealer = options.sealerOf('account');
  const account = async () => {
    const record = await options.accounts.get('account_1');
    assert.ok(record !== null);
    return record;
  };
  const inUse = async () => openAccount(sealer, await account()).secrets['token']?.reveal() ?? '';
  const seal = async (token: string) => {
    const now = await account();
    const sealed = sealAccount(sealer, now, { token: new Secret(token) });
    await options.accounts.put({ ...now, sealed });
  };
  const record = (act: { readonly act: string }) => Promise.resolve(void acts.push(act));
  const custodyOf = () => acme.custody;
  const announce = () => Promise.resolve();
  const keys = createVirtualKeys({ ...options, sealer: options.sealerOf('key'), custodyOf, announce });
  const canaries = createCanaries({ ...options, custodyOf, record, incident: announce, announce });
  const open = () =>
    createLeaks({
      ...options,
      lock: createKeyedLock(),
      sealer: options.sealerOf('account'),
      rotations: () => Promise.resolve(rotations),
      canaries: canaries.list,
      async rotate(request) {
        if (vendor.isBusy) throw new RingfenceError('conflict', 'A rotation is under way.');
        asked.push(request);
        if (vendor.isSilent) return new Promise(() => {});
        const started = {
          id: 'rotation_1',
          account: request.account,
          secret: request.secret,
          phase: 'creating',
        };
        const replaced = options.index(await inUse());
        rotations[0] = { ...started, replaced, problem: null } as RotationRecord;
        return { kind: 'rotation', record: rotations[0] };
      },
      revoke: keys.revoke,
      automatic: () => Promise.resolve(automatic),
      record,
    });
  const makeKey = async () => {
    const request = { app: 'app_1', account: 'account_1', name: 'shop', lifetime: null, networks: [] };
    const { record: made, credential } = await keys.create(request);
    return { id: made.id, secret: credential.verifier.reveal() };
  };
  const end = (phase: RotationRecord['phase'], problem: string | null = null) => {
    const [first] = rotations;
    if (first !== undefined) rotations[0] = { ...first, phase, problem };
  };
  return { leaks: open(), open, keys, canaries, acts, asked, clock, options, makeKey, end, seal, vendor };
}

test('the secret of a sealed account is recognised, and so is a virtual key', async () => {
  const { leaks, makeKey } = await setUp();
  const key = await makeKey();
  const reported = await leaks.report([found('realtoken'), found(key.secret), found('stranger')], 'ada');
  assert.deepEqual(
    reported.map(({ match }) => match),
    [{ kind: 'account', account: 'account_1', secret: 'token' }, { kind: 'key', key: key.id }, null],
  );
});

test('a virtual key is recognised behind the prefix of a vendor too', async () => {
  const { leaks, makeKey } = await setUp();
  const key = await makeKey();
  const [leak] = await leaks.report([found(`KEY${key.secret}`)], 'ada');
  assert.deepEqual(leak?.match, { kind: 'key', key: key.id });
});

test('the private key of a signing key is recognised by its public half, whatever its line ends', async () => {
  const { leaks, keys } = await setUp();
  const request = { app: 'app_1', account: 'account_1', name: 'signer', lifetime: null, networks: [] };
  const { record, credential } = await keys.create({ ...request, kind: 'rs256' });
  const pem = credential.parts['privateKey'];
  assert.ok(pem instanceof Secret);
  const escaped = pem
    .reveal()
    .trim()
    .replaceAll('\n', String.raw`\n`);
  for (const text of [pem.reveal(), pem.reveal().replaceAll('\n', '\r\n'), escaped]) {
    const [leak] = await leaks.report([found(text)], 'ada');
    assert.deepEqual(leak?.match, { kind: 'key', key: record.id });
  }
});

test('nothing that is kept, journaled or told holds the value', async () => {
  const { leaks, acts, options } = await setUp();
  const reported = await leaks.report([found('realtoken'), found('abcdefghijklmnopqrstuvwxyz012345')], 'ada');
  const kept = JSON.stringify([reported, acts, await options.settings.get('leaks')]);
  assert.ok(!kept.includes('realtoken') && !kept.includes('efghijklmnop'), kept);
  assert.equal(reported[1]?.masked, 'abcd… (32 characters)');
});

test('a value that is found again is the same leak, with its places together', async () => {
  const { leaks, clock } = await setUp();
  await leaks.report([found('stranger', 'a:1')], 'ada');
  clock.wallTime += 5000;
  await leaks.report([found('stranger', 'b:2'), found('stranger', 'a:1')], 'ada');
  const [leak, ...others] = await leaks.list();
  assert.equal(others.length, 0);
  assert.deepEqual(leak?.places.toSorted(), ['a:1', 'b:2']);
  assert.equal((leak?.lastSeenAt ?? 0) - (leak?.firstSeenAt ?? 0), 5000);
});

test('the response to a leaked virtual key is its end', async () => {
  const { acts, leaks, keys, makeKey } = await setUp();
  const key = await makeKey();
  const [leak] = await leaks.report([found(key.secret)], 'ada');
  const { leak: after, guide } = await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  assert.deepEqual([after.state, after.response?.kind, guide], ['resolved', 'revoked', []]);
  assert.equal((await keys.get(key.id)).state, 'revoked');
  assert.deepEqual(acts.at(-1), {
    actor: 'ada',
    act: 'leak.respond',
    target: after.id,
    detail: { key: key.id },
  });
});

test('the response to a leaked account secret is its rotation, and the leak ends with it', async () => {
  const { leaks, asked, end, seal } = await setUp();
  const [leak] = await leaks.report([found('realtoken')], 'ada');
  const id = leak?.id ?? '';
  const { leak: after } = await leaks.respond(id, { actor: 'ada', watch: 3000 });
  assert.equal(after.state, 'responding');
  const request = { account: 'account_1', secret: 'token', actor: 'ada', reason: id, watch: 3000 };
  assert.deepEqual(asked, [request]);
  end('rolled-back', 'Apps were refused.');
  assert.deepEqual([(await leaks.get(id)).state, (await leaks.get(id)).note], ['open', 'Apps were refused.']);
  await leaks.respond(id, { actor: 'ada' });
  await seal('newtoken'); // As the rotation does when it switches.
  end('done');
  assert.equal((await leaks.get(id)).state, 'resolved');
});

test('a secret that is not in use any more is not answered by rotating another one', async () => {
  const { leaks, asked, seal } = await setUp();
  const [leak] = await leaks.report([found('realtoken')], 'ada');
  await seal('another1');
  const { guide } = await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  assert.deepEqual(asked, []);
  assert.match(guide[0] ?? '', /does not use it any more.*`ringfence leaks dismiss leak_\w+ --reason TEXT`/);
  assert.deepEqual(guide.at(-1), 'Delete it in the console.');
});

test('a secret that was sealed by hand in the middle of the response is not rotated for the old one', async () => {
  const { leaks, asked, seal, end } = await setUp();
  const [leak] = await leaks.report([found('realtoken')], 'ada');
  await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  await seal('another1');
  end('rolled-back', 'Another credential was sealed by hand.');
  const { leak: after, guide } = await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  assert.deepEqual([after.state, asked.length], ['open', 1]);
  assert.equal(guide.at(-1), 'Delete it in the console.');
});

test('a secret that leaked with text before it is answered once', async () => {
  const { leaks, asked, seal, end } = await setUp();
  const token = '0123456789abcdef0123456789abcdef';
  await seal(token);
  const [leak] = await leaks.report([found(`token:${token}`)], 'ada');
  await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  await seal('another1');
  end('done');
  assert.equal((await leaks.get(leak?.id ?? '')).state, 'resolved');
  await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  assert.equal(asked.length, 1);
});

test('a leak that is nobody’s becomes ours when its secret is sealed', async () => {
  const { leaks, seal } = await setUp();
  await leaks.report([found('another1')], 'ada');
  await seal('another1');
  assert.equal((await leaks.list())[0]?.match?.kind, 'account');
});

test('policy decides what happens without asking', async () => {
  for (const [automatic, states] of [
    ['ask', ['open', 'open', 'open']],
    ['keys', ['resolved', 'open', 'open']],
    ['all', ['resolved', 'responding', 'open']],
  ] as const) {
    const { leaks, makeKey } = await setUp(automatic);
    const key = await makeKey();
    const reported = await leaks.report([found(key.secret), found('realtoken'), found('stranger')], 'ada');
    assert.deepEqual(
      reported.map(({ state }) => state),
      states,
      automatic,
    );
  }
});

test('what policy wants ended while another rotation of the account runs is ended after it', async () => {
  const { leaks, asked, vendor } = await setUp('all');
  vendor.isBusy = true;
  const [leak] = await leaks.report([found('realtoken')], 'ada');
  assert.match(leak?.note ?? '', /A rotation is under way. It is tried again/);
  await leaks.retryWaiting();
  assert.deepEqual([(await leaks.get(leak?.id ?? '')).state, asked.length], ['open', 0]);
  vendor.isBusy = false;
  await leaks.retryWaiting();
  assert.deepEqual([(await leaks.get(leak?.id ?? '')).state, asked.length], ['responding', 1]);
});

test('a response that policy wants is made up for after a crash that came before it', async () => {
  const { leaks, open, vendor, asked } = await setUp('all');
  vendor.isSilent = true;
  void leaks.report([found('realtoken')], 'ada');
  while (asked.length === 0) await new Promise(setImmediate);
  const [cut] = await open().stored();
  assert.equal(cut?.state, 'open');
  vendor.isSilent = false;
  const restarted = open();
  await restarted.retryWaiting();
  assert.equal(asked.length, 2);
  assert.equal((await restarted.stored())[0]?.state, 'responding');
  await restarted.retryWaiting();
  assert.equal(asked.length, 2);
});

test('what a person was to decide is not decided by a restart', async () => {
  const { leaks, open, asked } = await setUp('keys');
  await leaks.report([found('realtoken')], 'ada');
  await open().retryWaiting();
  assert.equal(asked.length, 0);
});

test('and is not tried without end: a response that was rolled back is for a person', async () => {
  const { leaks, asked, vendor, end } = await setUp('all');
  vendor.isBusy = true;
  await leaks.report([found('realtoken')], 'ada');
  vendor.isBusy = false;
  await leaks.retryWaiting();
  end('rolled-back', 'Apps were refused.');
  await leaks.retryWaiting();
  assert.deepEqual([(await leaks.list())[0]?.state, asked.length], ['open', 1]);
});

test('a canary is left where it is', async () => {
  const { leaks, canaries } = await setUp('all');
  const planted = await canaries.plant({ name: 'decoy', account: 'account_1', place: 'repo', actor: 'ada' });
  const [leak] = await leaks.report([found(planted.credential.verifier.reveal())], 'ada');
  assert.equal(leak?.match?.kind, 'canary');
  assert.match((await leaks.respond(leak.id, { actor: 'ada' })).guide[0] ?? '', /decoy/);
});

test('a dismissed leak stays dismissed, with its reason, also when it is found again', async () => {
  const { leaks } = await setUp('all');
  const [leak] = await leaks.report([found('stranger')], 'ada');
  await leaks.dismiss(leak?.id ?? '', 'of a closed account', 'ada');
  const [again] = await leaks.report([found('stranger')], 'ada');
  assert.deepEqual([again?.state, again?.note], ['dismissed', 'of a closed account']);
  await assert.rejects(leaks.get('leak_nothing'), /no leak/);
});

test('reports at the same time lose nothing', async () => {
  const { leaks } = await setUp();
  await Promise.all(
    Array.from({ length: 20 }, (_, place) => leaks.report([found(`stranger${place}`)], 'ada')),
  );
  assert.equal((await leaks.list()).length, 20);
});

test('there is room for new leaks when old ones have ended, and never at the cost of open ones', async () => {
  const { leaks } = await setUp();
  const [first] = await leaks.report(
    Array.from({ length: 5000 }, (_, place) => found(`stranger${place}`)),
    'ada',
  );
  await assert.rejects(leaks.report([found('one more')], 'ada'), /are open/);
  await leaks.dismiss(first?.id ?? '', 'of a closed account', 'ada');
  const [more] = await leaks.report([found('one more')], 'ada');
  const all = await leaks.list();
  assert.equal(all.length, 5000);
  assert.ok(all.some(({ id }) => id === more?.id) && !all.some(({ id }) => id === first?.id));
});

test('a value that ended, and is sealed again, is open again: a rotation before says nothing of it now', async () => {
  const { leaks, seal, end, asked } = await setUp();
  const [leak] = await leaks.report([found('realtoken')], 'ada');
  await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  await seal('newtoken');
  end('done');
  assert.equal((await leaks.get(leak?.id ?? '')).state, 'resolved');
  await seal('realtoken');
  for (const _ of [1, 2]) {
    const again = await leaks.get(leak?.id ?? '');
    assert.deepEqual([again.state, again.endedAt], ['open', null]);
  }
  await leaks.respond(leak?.id ?? '', { actor: 'ada' });
  assert.equal(asked.length, 2);
});
