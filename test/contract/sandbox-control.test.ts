import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { describe, it, type TestContext } from 'node:test';
import type { FaultSpec } from '../../src/sandbox/faults.ts';
import { startSandbox, twilioClient } from './sandbox-clients.ts';

const TO = '+15005550106';
const FROM = '+15005550199';

async function start(context: TestContext) {
  const running = await startSandbox(context);
  const { credentials } = running.sandbox.accounts.create({ vendor: 'twilio' });
  const { accountSid = '', authToken = '' } = credentials;
  const client = twilioClient(running.origin, accountSid, authToken);
  const send = () => client.messages.create({ to: TO, from: FROM, body: 'x' });
  return { ...running, client, send, accountSid, authToken };
}

describe('faults of the sandbox', () => {
  const cases: readonly (readonly [FaultSpec, booked: number, error: object])[] = [
    [{ kind: 'rate-limit', retryAfter: 7 }, 0, { status: 429, code: 20429 }],
    [{ kind: 'error-before', status: 503 }, 0, { status: 503 }],
    [{ kind: 'error-after', status: 500 }, 1, { status: 500 }],
    [{ kind: 'lost-answer' }, 1, { code: 'ECONNRESET' }],
    [{ kind: 'reset' }, 0, { code: 'ECONNRESET' }],
  ];
  for (const [fault, booked, error] of cases)
    it(`${fault.kind}: the client sees an error, ${booked} message is charged`, async (context) => {
      const { sandbox, send } = await start(context);
      sandbox.faults.add({ ...fault, count: 1 });
      await assert.rejects(send(), error);
      assert.equal(sandbox.bill.length, booked);
      await send();
      assert.equal(sandbox.bill.length, booked + 1);
    });

  it('rate-limit tells when to come back', async (context) => {
    const { sandbox, origin } = await start(context);
    sandbox.faults.add({ kind: 'rate-limit', retryAfter: 7 });
    const response = await fetch(`${origin}/_host/api.telnyx.com/v2/balance`);
    assert.equal(response.headers.get('retry-after'), '7');
    assert.ok('errors' in ((await response.json()) as object));
  });

  it('latency holds the answer back, before or after the vendor acted', async (context) => {
    const { sandbox, send } = await start(context);
    for (const [when, booked] of [
      ['before', 0],
      ['after', 1],
    ] as const) {
      const { id } = sandbox.faults.add({ kind: 'latency', milliseconds: 500, when });
      let answered = false;
      const before = sandbox.bill.length;
      const sending = send().then(() => (answered = true));
      await received(sandbox.faults.list, id);
      assert.deepEqual([answered, sandbox.bill.length - before], [false, booked]);
      await sandbox.advance(500);
      await sending;
      sandbox.faults.remove(id);
      assert.equal(sandbox.bill.length, before + 1);
    }
  });

  it('drip delivers the whole answer in pieces', async (context) => {
    const { sandbox, origin, accountSid, authToken } = await start(context);
    const { id } = sandbox.faults.add({ kind: 'drip', milliseconds: 100 });
    const authorization = `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`;
    const response = await fetch(
      `${origin}/_host/api.twilio.com/2010-04-01/Accounts/${accountSid}/Balance.json`,
      { headers: { authorization } },
    );
    const reading = response.json();
    await received(sandbox.faults.list, id);
    await sandbox.advance(2000);
    assert.equal(((await reading) as { account_sid: string }).account_sid, accountSid);
  });

  it('strike only within their scope, probability and count', async (context) => {
    const { sandbox, client, send } = await start(context);
    sandbox.faults.add({ kind: 'error-before', vendor: 'vonage' });
    sandbox.faults.add({ kind: 'error-before', method: 'GET' });
    sandbox.faults.add({ kind: 'error-before', path: '/Calls' });
    sandbox.faults.add({ kind: 'error-before', probability: 0 });
    await send();
    await assert.rejects(client.balance.fetch());
    sandbox.faults.clear();
    sandbox.faults.add({ kind: 'error-before', probability: 0.5 });
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, send));
    const failed = outcomes.filter(({ status }) => status === 'rejected').length;
    assert.ok(failed > 60 && failed < 140, `${failed} of 200`);
  });
});

/** Waits until a fault has struck. */
async function received(list: () => readonly { id: string; hits: number }[], id: string): Promise<void> {
  while ((list().find((fault) => fault.id === id)?.hits ?? 0) === 0) await new Promise(setImmediate);
  await new Promise(setImmediate);
}

it('a vendor of the sandbox answers a HEAD as the GET, without the body', async (context) => {
  const { origin, send, accountSid, authToken } = await start(context);
  const { sid } = await send();
  const url = `${origin}/_host/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages/${sid}.json`;
  const headers = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
  const [get, head] = await Promise.all([fetch(url, { headers }), fetch(url, { headers, method: 'HEAD' })]);
  assert.deepEqual([get.status, head.status], [200, 200]);
  assert.equal(head.headers.get('content-length'), String((await get.text()).length));
  assert.equal(await head.text(), '');
});

describe('the control API of the sandbox', () => {
  const post = (value: unknown): RequestInit => ({
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(value),
  });

  it('creates accounts, and the same again from fixed credentials', async (context) => {
    const { origin } = await start(context);
    const create = async (base: string, value: unknown) =>
      (await (await fetch(`${base}/_sandbox/accounts`, post(value))).json()) as {
        credentials: Record<string, string>;
      };
    for (const vendor of ['twilio', 'vonage', 'telnyx', 'livekit']) {
      const { credentials } = await create(origin, { vendor });
      const other = await startSandbox(context);
      const again = await create(other.origin, { vendor, credentials });
      const own = new Set(['userId', 'publicKey', 'verifyProfileId']);
      for (const [name, value] of Object.entries(credentials))
        if (vendor === 'vonage' || !own.has(name))
          assert.equal(again.credentials[name], value, `${vendor} ${name}`);
    }
  });

  it('shows the bill masked or plain, its totals and as CSV', async (context) => {
    const { origin, send } = await start(context);
    await send();
    await send();
    const get = async (path: string) => (await fetch(`${origin}/_sandbox/${path}`)).text();
    assert.match(await get('bill'), /\+1500\*{5}06/);
    assert.ok(!(await get('bill')).includes(TO));
    assert.ok((await get('bill?plain=true')).includes(TO));
    assert.deepEqual(
      (JSON.parse(await get('bill?from=1')) as { row: number }[]).map(({ row }) => row),
      [1],
    );
    assert.match(await get('bill/totals'), /"amount":16000/);
    assert.equal((await get('bill/csv')).trim().split('\n').length, 3);
  });

  it('sets faults, settings and outcomes, and moves time', async (context) => {
    const { origin, sandbox, client, send } = await start(context);
    await fetch(`${origin}/_sandbox/outcomes`, post({ prefix: '+1500555', outcome: 'undelivered' }));
    await fetch(`${origin}/_sandbox/settings`, post({ deliveredAfter: 5000 }));
    const { sid } = await send();
    await fetch(`${origin}/_sandbox/advance`, post({ milliseconds: 4900 }));
    assert.equal((await client.messages(sid).fetch()).status, 'sent');
    await fetch(`${origin}/_sandbox/advance`, post({ milliseconds: 200 }));
    const message = await client.messages(sid).fetch();
    assert.deepEqual([message.status, message.errorCode], ['undelivered', 30003]);
    assert.equal((await fetch(`${origin}/_sandbox/settings`, post({ unknown: 1 }))).status, 400);
    assert.equal((await fetch(`${origin}/_sandbox/faults`, post({ kind: 'reset', count: 1 }))).status, 201);
    await assert.rejects(send());
    await fetch(`${origin}/_sandbox/faults`, { method: 'DELETE' });
    assert.deepEqual(sandbox.faults.list(), []);
  });

  it('says what it can do, and refuses what it does not know: half a fault would strike more than was meant', async (context) => {
    const { origin, sandbox } = await start(context);
    assert.match(await (await fetch(`${origin}/_sandbox/`)).text(), /"POST \/_sandbox\/faults"/);
    const refused = async (path: string, value: unknown) => {
      const answer = await fetch(`${origin}/_sandbox/${path}`, post(value));
      return [answer.status, ((await answer.json()) as { error: string }).error] as const;
    };
    const slips: readonly (readonly [path: string, value: object, problem: RegExp])[] = [
      ['faults', { kind: 'reset', times: 1 }, /^times is none of kind, .*count/],
      ['faults', { kind: 'reset', count: '1' }, /^count is a number$/],
      ['faults', { kind: 'resets' }, /^kind is one of latency/],
      ['outcomes', { prefix: '+49', outcome: 'bussy' }, /^outcome is one of undelivered/],
    ];
    for (const [path, value, problem] of slips) {
      const [status, error] = await refused(path, value);
      assert.equal(status, 400);
      assert.match(error, problem);
    }
    assert.deepEqual(sandbox.faults.list(), []);
  });

  it('keeps the last requests as they came, with the credential that was accepted', async (context) => {
    const { origin, send, accountSid, authToken } = await start(context);
    await send();
    await assert.rejects(twilioClient(origin, accountSid, 'rfv1').messages.list());
    const requests = (await (await fetch(`${origin}/_sandbox/requests`)).json()) as {
      headers: Record<string, string>;
      body: string;
      credential: string | null;
      status: number;
    }[];
    assert.deepEqual(
      requests.map(({ credential, status }) => [credential, status]),
      [
        ['authToken', 201],
        [null, 401],
      ],
    );
    assert.match(requests[0]?.body ?? '', /^To=%2B15005550106&/);
    const [, encoded = ''] = (requests[0]?.headers['authorization'] ?? '').split(' ');
    assert.equal(Buffer.from(encoded, 'base64').toString(), `${accountSid}:${authToken}`);
  });

  it('exports a price row for every item that was charged', async (context) => {
    const { origin, sandbox, client, send } = await start(context);
    await send();
    await client.calls.create({
      to: TO,
      from: FROM,
      twiml: '<Response><Dial>+4915112345678</Dial></Response>',
      record: true,
    });
    await client.lookups.v2.phoneNumbers(TO).fetch({ fields: 'sim_swap' });
    await sandbox.advance(120_000);
    const rows = (await (await fetch(`${origin}/_sandbox/prices?vendor=twilio`)).json()) as {
      item: string;
      prefix: string;
      amount: number;
    }[];
    for (const { item, to, amount, units } of sandbox.bill.rows({ plain: true })) {
      const fitting = rows.filter(
        (row) => row.item === item && (to ?? '').startsWith(row.prefix === '' ? '' : `+${row.prefix}`),
      );
      const best = fitting.toSorted((a, b) => b.prefix.length - a.prefix.length)[0];
      assert.equal((best?.amount ?? 0) * units, amount, item);
    }
  });

  it('is closed to web pages: foreign names, origins and plain forms', async (context) => {
    const { port, origin } = await start(context);
    const status = (headers: Record<string, string>, path = '/_sandbox/accounts', method = 'GET') =>
      new Promise<number>((resolve) =>
        httpRequest({ port, host: '127.0.0.1', path, method, headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        }).end(),
      );
    assert.equal(await status({ host: `127.0.0.1:${port}` }), 200);
    assert.equal(await status({ host: 'attacker.example' }), 403);
    assert.equal(await status({ host: 'attacker.example' }, '/_host/127.0.0.1/_sandbox/accounts'), 403);
    assert.equal(await status({ host: `127.0.0.1:${port}`, origin: 'https://attacker.example' }), 403);
    assert.equal(
      (await fetch(`${origin}/_sandbox/accounts`, { method: 'POST', body: '{"vendor":"twilio"}' })).status,
      403,
    );
  });
});

describe('the sandbox in bill mode', () => {
  it('still tells the price of a message that it dropped', async (context) => {
    const { sandbox, client, send } = await start(context);
    Object.assign(sandbox.settings, { retain: 'bill', maximumItems: 2 });
    const [first] = [await send(), await send(), await send()];
    await sandbox.advance(5000);
    assert.equal((await client.messages.list()).length, 2);
    assert.equal((await client.messages(first.sid).fetch()).price, '-0.00800');
    assert.equal(sandbox.bill.totals()[0]?.rows, 3);
  });
});

describe('accounts of the sandbox', () => {
  it('show the secret of a subaccount as the vendor does', async (context) => {
    const { client, accountSid } = await start(context);
    const child = await client.api.v2010.accounts.create({ friendlyName: 'child' });
    assert.match(child.authToken, /^[0-9a-f]{32}$/);
    assert.equal((await client.api.v2010.accounts(child.sid).fetch()).authToken, child.authToken);
    assert.deepEqual(
      (await client.api.v2010.accounts.list()).map(({ sid }) => sid),
      [child.sid, accountSid],
    );
  });

  it('are separate: one cannot read the other', async (context) => {
    const { sandbox, origin, send } = await start(context);
    const { sid } = await send();
    const { accountSid = '', authToken = '' } = sandbox.accounts.create({ vendor: 'twilio' }).credentials;
    await assert.rejects(twilioClient(origin, accountSid, authToken).messages(sid).fetch(), { status: 404 });
    const [owner] = sandbox.accounts.list();
    const foreign = twilioClient(origin, accountSid, authToken, owner?.id);
    await assert.rejects(foreign.messages.list(), { status: 401 });
  });

  it('charge the phones behind a conversation', async (context) => {
    const { sandbox, client } = await start(context);
    const conversation = await client.conversations.v1.conversations.create({ friendlyName: 'c' });
    const { participants, messages } = client.conversations.v1.conversations(conversation.sid);
    const binding = { 'messagingBinding.address': TO, 'messagingBinding.proxyAddress': FROM };
    await participants.create(binding);
    await messages.create({ body: 'hello' });
    assert.deepEqual(
      sandbox.bill.rows({ plain: true }).map(({ item, to }) => [item, to]),
      [['message.send/sms', TO]],
    );
  });

  it('cancel a scheduled message before it is charged', async (context) => {
    const { sandbox, client } = await start(context);
    const schedule = {
      to: TO,
      messagingServiceSid: 'MG00000000000000000000000000000000',
      body: 'x',
      scheduleType: 'fixed' as const,
    };
    const at = (minutes: number) => new Date(Date.now() + minutes * 60_000);
    const canceled = await client.messages.create({ ...schedule, sendAt: at(20) });
    const kept = await client.messages.create({ ...schedule, sendAt: at(20) });
    assert.equal(canceled.status, 'scheduled');
    await client.messages(canceled.sid).update({ status: 'canceled' });
    await sandbox.advance(30 * 60_000);
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ resource }) => resource),
      [kept.sid],
    );
    assert.equal((await client.messages(canceled.sid).fetch()).status, 'canceled');
  });
});
