import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { parseMicros } from '../../src/kernel/money.ts';
import { startSandbox, vonageClient } from './sandbox-clients.ts';

describe('the sandbox speaks Vonage', () => {
  async function start(context: TestContext) {
    const running = await startSandbox(context);
    const { credentials } = running.sandbox.accounts.create({ vendor: 'vonage' });
    return { ...running, credentials, client: vonageClient(running.origin, credentials) };
  }

  it('sends SMS with the price in the answer', async (context) => {
    const { client, sandbox } = await start(context);
    const { messages } = await client.sms.send({
      to: '15005550106',
      from: 'Ringfence',
      text: 'x'.repeat(200),
    });
    assert.equal(messages.length, 2);
    assert.equal(messages[0]?.messagePrice, '0.00720000');
    assert.deepEqual(
      sandbox.bill.totals().map(({ currency, amount }) => [currency, amount]),
      [['EUR', 14_400]],
    );
  });

  it('says no to an SMS with HTTP 200 and a status', async (context) => {
    const { client, origin, credentials } = await start(context);
    const failure = (status: string) => (error: { getFailedMessages(): { status: string }[] }) =>
      error.getFailedMessages()[0]?.status === status;
    await assert.rejects(client.sms.send({ to: '1', from: 'R', text: 'x' }), failure('3'));
    const virtual = vonageClient(origin, { ...credentials, apiSecret: 'rfv00000000000000000000000000000' });
    await assert.rejects(virtual.sms.send({ to: '15005550106', from: 'R', text: 'x' }), failure('4'));
  });

  it('takes SMS as form, query and GET, with secret or signature', async (context) => {
    const { origin, credentials, sandbox } = await start(context);
    const { apiKey = '', apiSecret = '' } = credentials;
    const parameters = new URLSearchParams({
      api_key: apiKey,
      api_secret: apiSecret,
      to: '15005550106',
      from: 'R',
      text: 'x',
    });
    const url = `${origin}/_host/rest.nexmo.com/sms/json`;
    for (const response of [
      await fetch(url, { method: 'POST', body: parameters }),
      await fetch(`${url}?${parameters.toString()}`),
    ]) {
      const { messages } = (await response.json()) as { messages: { status: string }[] };
      assert.equal(messages[0]?.status, '0');
    }
    assert.equal(sandbox.bill.length, 2);
  });

  it('sends with the Messages API, signed by the application', async (context) => {
    const { client, sandbox } = await start(context);
    const message = {
      messageType: 'text',
      channel: 'sms',
      to: '15005550106',
      from: '15005550199',
      text: 'hi',
    } as const;
    const { messageUUID } = await client.messages.send(message);
    assert.equal(sandbox.bill.rows({})[0]?.resource, messageUUID);
    assert.match(sandbox.requests.list()[0]?.credential ?? '', /^application /);
  });

  it('calls with an NCCO, honours the length timer and bills the connected leg', async (context) => {
    const { client, sandbox } = await start(context);
    const ncco = [
      { action: 'talk', text: 'Hello' },
      { action: 'connect', endpoint: [{ type: 'phone', number: '18765550100' }] },
    ];
    const { uuid } = await client.voice.createOutboundCall({
      to: [{ type: 'phone', number: '15005550106' }],
      from: { type: 'phone', number: '15005550199' },
      ncco,
      lengthTimer: 10,
    } as never);
    await sandbox.advance(120_000);
    const call = await client.voice.getCall(uuid);
    assert.equal(call.status, 'completed');
    assert.equal(call.duration, '10');
    assert.equal(call.price, '0.01260000');
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['call.leg', 'call.create/voice'],
    );
  });

  it('pages through calls', async (context) => {
    const { client } = await start(context);
    for (let index = 0; index < 5; index++)
      await client.voice.createOutboundCall({
        to: [{ type: 'phone', number: `1500555010${index}` }],
        from: { type: 'phone', number: '15005550199' },
        ncco: [{ action: 'talk', text: 'x' }],
      } as never);
    const seen: string[] = [];
    for await (const { uuid } of client.voice.getAllCalls({ pageSize: 2 })) seen.push(uuid);
    assert.equal(new Set(seen).size, 5);
  });

  it('verifies in both versions and charges each step of a workflow', async (context) => {
    const { client, sandbox } = await start(context);
    const { requestId } = await client.verify.start({ number: '15005550106', brand: 'B' });
    assert.equal((await client.verify.check(requestId, '000000')).status, '16');
    assert.equal((await client.verify.check(requestId, '550106')).status, '0');
    const workflow = [
      { channel: 'sms', to: '15005550107' },
      { channel: 'voice', to: '15005550107' },
    ];
    const second = await client.verify2.newRequest({ brand: 'B', workflow } as never);
    assert.equal(await client.verify2.nextWorkflow(second.requestId), true);
    await assert.rejects(client.verify2.checkCode(second.requestId, '000000'), /400/);
    assert.equal(await client.verify2.checkCode(second.requestId, '550107'), 'completed');
    assert.deepEqual(
      sandbox.bill.rows({}).map(({ item }) => item),
      ['verify.start/sms', 'verify.start/sms', 'verify.start/voice'],
    );
  });

  it('answers insight, numbers, balance, prices, secrets and reports', async (context) => {
    const { client, sandbox, credentials } = await start(context);
    assert.equal((await client.numberInsights.standardLookup('15005550106')).status, 0);
    const offers = await client.numbers.getAvailableNumbers({ country: 'US', size: 1 });
    const msisdn = offers.numbers?.[0]?.msisdn ?? '';
    assert.equal((await client.numbers.buyNumber({ country: 'US', msisdn })).errorCode, '200');
    assert.equal((await client.numbers.getOwnedNumbers()).count, 1);
    assert.ok((await client.accounts.getBalance()).value < 1_000_000);
    assert.equal((await client.pricing.listCountryPricing('sms' as never, 'GB')).defaultPrice, '0.04500000');
    const { apiKey = '' } = credentials;
    const secret = await client.secrets.createSecret(apiKey, 'Abcdefgh1');
    await client.secrets.deleteSecret(apiKey, secret.id);
    const { messages } = await client.sms.send({ to: '15005550106', from: 'R', text: 'x' });
    const report = await client.reports.getRecords({
      product: 'SMS',
      accountId: apiKey,
      direction: 'outbound',
    } as never);
    const [record] = report.records as unknown as { messageId: string; totalPrice: string }[];
    assert.equal(record?.messageId, messages[0]?.messageId);
    assert.equal(parseMicros(record?.totalPrice ?? ''), sandbox.bill.rows({}).at(-1)?.amount);
  });

  it('refuses a token of another key', async (context) => {
    const { sandbox, origin, credentials } = await start(context);
    const other = sandbox.accounts.create({ vendor: 'vonage' }).credentials;
    const forged = vonageClient(origin, { ...credentials, privateKey: other['privateKey'] ?? '' });
    await assert.rejects(
      forged.voice.getCall('x'),
      (error: { response?: { status: number } }) => error.response?.status === 401,
    );
  });
});
