import assert from 'node:assert/strict';
import { after, afterEach, before, describe, it } from 'node:test';
import { openVerification } from '../../src/cli/verification.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { startSandbox } from '../../src/node/actions/demo.ts';
import type { OtherVendor } from '../../src/sandbox/others/other-vendor.ts';
import { OTHER_VENDORS } from '../../src/sandbox/others/vendors.ts';
import type { FaultSpec } from '../../src/sandbox/faults.ts';
import { LEAK_RULES } from '../../src/scan/rules/all.ts';
import type { Sighting } from '../../src/scan/sighting.ts';
import { allChecks } from '../../src/scan/verify/checks.ts';
import type { Recipe } from '../../src/scan/verify/recipe.ts';
import { RECIPES } from '../../src/scan/verify/recipes/all.ts';
import type { LeakVerdict } from '../../src/vendors/leak-check.ts';

type Credentials = Readonly<Record<string, string>>;

/** What a vendor takes that a check must not wait for. */
const LATENCY = 60_000;

let simulated: Awaited<ReturnType<typeof startSandbox>>;
let opened: ReturnType<typeof openVerification>;

before(async () => {
  simulated = await startSandbox(0);
  opened = openVerification({ origin: simulated.origin, pause: 0 });
});
afterEach(() => {
  simulated.sandbox.faults.clear();
});
after(async () => {
  await opened.close();
  await simulated.close();
});

function sighting(rule: string, secret: string, companions: Credentials = {}): Sighting {
  const found = LEAK_RULES.find(({ id }) => id === rule);
  assert.ok(found !== undefined, `there is no rule ${rule}`);
  return {
    rule: found,
    secret: new Secret(secret),
    companions,
    confidence: 'high',
    place: { kind: 'stdin' },
    line: 1,
    column: 1,
  };
}

/** A verifier of its own: verdicts are remembered. */
async function verify(rule: string, secret: string, companions: Credentials = {}): Promise<LeakVerdict> {
  const own = openVerification({ origin: simulated.origin, pause: 0 });
  try {
    return await own.verifier.verify(sighting(rule, secret, companions));
  } finally {
    await own.close();
  }
}

const account = (vendor: string, credentials?: Credentials): Credentials =>
  simulated.sandbox.accounts.create({ vendor, ...(credentials === undefined ? {} : { credentials }) })
    .credentials;

/** A value of the same form that nobody has. */
function other(text: string): string {
  const changed = text.replaceAll(/\d/g, (digit) => String((Number(digit) + 1) % 10));
  return changed === text ? text.replace(/.$/, (last) => (last === 'a' ? 'b' : 'a')) : changed;
}

/** What never says anything about a credential. */
const TROUBLES: readonly (readonly [string, FaultSpec, RegExp])[] = [
  ['rate-limited', { kind: 'rate-limit', retryAfter: 60 }, /limits how often/],
  ['in trouble', { kind: 'error-before', status: 503 }, /The vendor failed/],
  ['unreachable', { kind: 'reset' }, /could not be reached/],
];

async function assertTroubles(ask: () => Promise<LeakVerdict>): Promise<void> {
  for (const [name, fault, reason] of TROUBLES) {
    simulated.sandbox.faults.clear();
    simulated.sandbox.faults.add(fault);
    const verdict = await ask();
    assert.equal(verdict.state, 'unknown', name);
    assert.match(verdict.reason, reason, name);
  }
  simulated.sandbox.faults.clear();
}

describe('vendors that are asked by a recipe', () => {
  const vendorOf = ({ hosts, rules }: Recipe): OtherVendor => {
    const known = OTHER_VENDORS.filter((vendor) => vendor.hosts.some((host) => hosts.includes(host)));
    const found = known.find(({ id }) => rules[0] === id) ?? known[0];
    assert.ok(found !== undefined, `nobody simulates ${hosts.join(', ')}`);
    return found;
  };

  for (const recipe of RECIPES)
    for (const rule of recipe.rules)
      it(`${rule}: live, revoked, restricted, rate-limited and unreachable are told apart`, async () => {
        const vendor = vendorOf(recipe);
        const { secret = '', ...companions } = account(vendor.id);
        const live = await verify(rule, secret, companions);
        assert.equal(live.state, 'active', live.reason);
        if (recipe.reach !== undefined) assert.ok((live.reach ?? []).length > 0, 'it tells what it can do');
        const dead = await verify(rule, other(secret), companions);
        assert.equal(dead.state, 'revoked', dead.reason);
        if (vendor.restricted !== undefined) {
          const { secret: narrow = '', ...beside } = account(vendor.id, { state: 'restricted' });
          const verdict = await verify(rule, narrow, beside);
          assert.notEqual(verdict.state, 'revoked', 'a restricted credential lives');
          if (recipe.forbidsKnown === true) assert.equal(verdict.state, 'active');
        }
        await assertTroubles(async () => verify(rule, secret, companions));
        if (recipe.needs !== undefined) {
          const alone = await verify(rule, secret);
          assert.deepEqual([alone.state, /not beside it/.test(alone.reason)], ['unknown', true]);
        }
      });
});

describe('vendors with an adapter', () => {
  it('an auth token is judged with its account SID, and never without', async () => {
    const { accountSid = '', authToken = '' } = account('twilio');
    for (const rule of ['twilio-auth-token', 'twilio-account-pair', 'twilio-auth-token-nearby']) {
      assert.equal((await verify(rule, authToken, { id: accountSid })).state, 'active', rule);
      assert.equal((await verify(rule, other(authToken), { id: accountSid })).state, 'revoked', rule);
      assert.equal((await verify(rule, authToken)).state, 'unknown', rule);
    }
    await assertTroubles(async () => verify('twilio-auth-token', authToken, { id: accountSid }));
  });

  it('main, standard and restricted API keys all count as live', async () => {
    const { accountSid = '', authToken = '', apiKeySid = '', apiKeySecret = '' } = account('twilio');
    const make = async (fields: Credentials): Promise<{ readonly sid: string; readonly secret: string }> => {
      const response = await fetch(`${simulated.origin}/_host/iam.twilio.com/v1/Keys`, {
        method: 'POST',
        headers: {
          authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}`,
          'content-type': 'application/x-www-form-urlencoded',
        },
        body: new URLSearchParams({ AccountSid: accountSid, ...fields }),
      });
      return (await response.json()) as { readonly sid: string; readonly secret: string };
    };
    const policy = (...allow: readonly string[]) => JSON.stringify({ allow });
    const standard = await make({ FriendlyName: 'standard' });
    const narrow = await make({ KeyType: 'restricted', Policy: policy('/twilio/verify/services/read') });
    const reader = await make({ KeyType: 'restricted', Policy: policy('/twilio/messaging/messages/read') });
    const nothing = await make({ KeyType: 'restricted', Policy: policy() });
    const state = async (sid: string, secret: string, beside: Credentials = {}) =>
      (await verify('twilio-api-key-pair', secret, { id: sid, ...beside })).state;
    assert.equal(await state(apiKeySid, apiKeySecret), 'active');
    assert.equal(await state(standard.sid, standard.secret), 'active');
    assert.equal(await state(narrow.sid, narrow.secret), 'active');
    assert.equal(await state(reader.sid, reader.secret, { account: accountSid }), 'active');
    assert.equal(
      await state(nothing.sid, nothing.secret),
      'unknown',
      'a key without permissions is not called dead',
    );
    assert.equal(await state(standard.sid, other(standard.secret)), 'revoked');
    assert.equal((await verify('twilio-api-key', standard.secret)).state, 'unknown');
    await assertTroubles(async () => verify('twilio-api-key-pair', standard.secret, { id: standard.sid }));
  });

  it('an API secret is judged with its key', async () => {
    const { apiKey = '', apiSecret = '' } = account('vonage');
    for (const rule of ['vonage-api-secret', 'vonage-api-pair']) {
      const live = await verify(rule, apiSecret, { id: apiKey });
      assert.equal(live.state, 'active');
      assert.match((live.reach ?? []).join(), /balance/);
      assert.equal((await verify(rule, other(apiSecret), { id: apiKey })).state, 'revoked');
      assert.equal((await verify(rule, apiSecret)).state, 'unknown');
    }
    await assertTroubles(async () => verify('vonage-api-pair', apiSecret, { id: apiKey }));
  });

  it('the private key of an application signs what the vendor accepts or refuses', async () => {
    const { applicationId = '', privateKey = '' } = account('vonage');
    const stranger = account('vonage');
    const ask = async (pem: string, id: string) => verify('vonage-private-key', pem, { id });
    assert.equal((await ask(privateKey, applicationId)).state, 'active');
    assert.equal((await ask(privateKey.replaceAll('\n', String.raw`\n`), applicationId)).state, 'active');
    assert.equal((await ask(stranger['privateKey'] ?? '', applicationId)).state, 'revoked');
    assert.equal(
      (await ask('-----BEGIN PRIVATE KEY-----\nx\n-----END PRIVATE KEY-----', applicationId)).state,
      'unknown',
    );
    assert.equal((await verify('vonage-private-key', privateKey)).state, 'unknown');
    await assertTroubles(async () => ask(privateKey, applicationId));
  });

  it('the secret of a video project is judged with its key', async () => {
    const { id = '', secret = '' } = account('opentok');
    for (const rule of ['opentok-api-secret', 'opentok-pair']) {
      assert.equal((await verify(rule, secret, { id })).state, 'active');
      assert.equal((await verify(rule, other(secret), { id })).state, 'revoked');
      assert.equal((await verify(rule, secret)).state, 'unknown');
    }
    await assertTroubles(async () => verify('opentok-pair', secret, { id }));
  });

  it('a Telnyx key stands alone', async () => {
    const { apiKey = '' } = account('telnyx');
    assert.equal((await verify('telnyx-api-key', apiKey)).state, 'active');
    assert.equal((await verify('telnyx-api-key', other(apiKey))).state, 'revoked');
    await assertTroubles(async () => verify('telnyx-api-key', apiKey));
  });

  it('a LiveKit secret is judged with key and cloud host; no other host is dialled', async () => {
    const { apiKey = '', apiSecret = '', host = '' } = account('livekit');
    const ask = async (secret: string, beside: Credentials) => verify('livekit-key-pair', secret, beside);
    assert.equal((await ask(apiSecret, { id: apiKey, host })).state, 'active');
    assert.equal((await ask(apiSecret, { id: apiKey, host: `wss://${host}` })).state, 'active');
    assert.equal((await ask(other(apiSecret), { id: apiKey, host })).state, 'revoked');
    const { count } = simulated.sandbox.requests;
    for (const strange of [
      '',
      '127.0.0.1',
      'livekit.cloud.evil.example',
      `${host}.evil.example`,
      `${host}:80`,
      `a@${host}`,
    ])
      assert.equal((await ask(apiSecret, { id: apiKey, host: strange })).state, 'unknown', strange);
    assert.equal(simulated.sandbox.requests.count, count);
    await assertTroubles(async () => ask(apiSecret, { id: apiKey, host }));
  });
});

describe('verification as a whole', () => {
  it('nothing is asked by anything but a read', () => {
    const companions: Credentials = {
      id: '0123456789abcdef0123456789abcdef',
      account: `AC${'a'.repeat(32)}`,
      host: 'example.livekit.cloud',
    };
    const ids = [
      '',
      `AC${'a'.repeat(32)}`,
      `SK${'a'.repeat(32)}`,
      'a1b2c3d4',
      'APIabcdefghijk',
      `u${'a'.repeat(32)}`,
      `MA${'A'.repeat(18)}`,
    ];
    let seen = 0;
    for (const check of new Set(allChecks().values()))
      for (const id of ids) {
        const requests = check.requests(
          { secret: new Secret('abcdefgh'), companions: { ...companions, ...(id === '' ? {} : { id }) } },
          0,
        );
        if (typeof requests === 'string') continue;
        for (const { method, path } of requests) {
          seen += 1;
          assert.ok(method === 'GET' || path === '/twirp/livekit.RoomService/ListRooms', `${method} ${path}`);
        }
      }
    assert.ok(seen > 40, String(seen));
  });

  it('every rule that a check names exists', () => {
    const rules = new Set(LEAK_RULES.map(({ id }) => id));
    assert.deepEqual(
      [...allChecks().keys()].filter((rule) => !rules.has(rule)),
      [],
    );
  });

  it('a value in base64 is judged as what it holds', async () => {
    const { secret = '' } = account('sendgrid');
    const encoded = Buffer.from(`${secret}\n`).toString('base64');
    assert.equal((await verify('sendgrid-api-key-base64', encoded)).state, 'active');
  });

  it('what stands beside the same value elsewhere counts', async () => {
    const { accountSid = '', authToken = '' } = account('twilio');
    const alone = sighting('twilio-auth-token', authToken);
    const beside = sighting('twilio-auth-token-nearby', authToken, { id: accountSid });
    assert.equal((await opened.verifier.verify(alone, [beside])).state, 'active');
  });

  it('a rule that can ask helps one that cannot', async () => {
    const { apiKey = '' } = account('telnyx');
    const mute = sighting('pusher-secret', apiKey);
    const asking = sighting('telnyx-api-key', apiKey);
    assert.equal((await opened.verifier.verify(mute, [asking])).state, 'active');
  });

  it('each value is asked about once', async () => {
    const { apiKey = '' } = account('telnyx');
    const { count } = simulated.sandbox.requests;
    await Promise.all(
      Array.from({ length: 20 }, () => opened.verifier.verify(sighting('telnyx-api-key', apiKey))),
    );
    assert.equal(simulated.sandbox.requests.count, count + 1);
  });

  it('a vendor that says how long to wait is asked again, once', async () => {
    const { apiKey = '' } = account('telnyx');
    simulated.sandbox.faults.add({ kind: 'rate-limit', retryAfter: 1, count: 1 });
    assert.equal((await verify('telnyx-api-key', apiKey)).state, 'active');
  });

  it('a rule without a check, and a virtual key, say so', async () => {
    const none = await verify('pusher-secret', 'abcdefgh');
    assert.match(none.reason, /no documented read/);
    const virtual = await verify('ringfence-virtual-key', 'rfv');
    assert.match(virtual.reason, /virtual key/);
  });

  it('a value with other characters than a key has is not sent anywhere', async () => {
    const { count } = simulated.sandbox.requests;
    for (const value of ['abcd\r\nHost: evil', 'ab cd efgh', 'é'.repeat(20)])
      assert.equal((await verify('sendgrid-api-key', value)).state, 'unknown');
    assert.equal(simulated.sandbox.requests.count, count);
  });

  it('ends when the time is over, whatever the vendor does', async () => {
    const { apiKey = '' } = account('telnyx');
    simulated.sandbox.faults.add({ kind: 'latency', milliseconds: LATENCY });
    const own = openVerification({ origin: simulated.origin, deadline: 200 });
    const start = performance.now();
    const verdict = await own.verifier.verify(sighting('telnyx-api-key', apiKey));
    assert.ok(performance.now() - start < LATENCY);
    assert.match(verdict.reason, /in time/);
    const late = openVerification({ origin: simulated.origin, total: 0 });
    assert.match((await late.verifier.verify(sighting('telnyx-api-key', apiKey))).reason, /no time left/);
    await Promise.all([own.close(), late.close()]);
  });

  it('closes at once, though a vendor still owes an answer', async () => {
    const { apiKey = '' } = account('telnyx');
    simulated.sandbox.faults.add({ kind: 'latency', milliseconds: LATENCY });
    const own = openVerification({ origin: simulated.origin, deadline: 200 });
    await own.verifier.verify(sighting('telnyx-api-key', apiKey));
    const start = performance.now();
    await own.close();
    assert.ok(performance.now() - start < LATENCY);
  });

  it('no verdict tells a secret', async () => {
    const { accountSid = '', authToken = '' } = account('twilio');
    const verdict = await verify('twilio-account-pair', authToken, { id: accountSid });
    assert.ok(!JSON.stringify(verdict).includes(authToken));
  });
});
