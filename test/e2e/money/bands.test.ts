import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { createClient, type AdminClient } from '../../../src/cli/client/client.ts';
import { ensureAdminToken, startAdminServer } from '../../../src/node/services/admin-server.ts';
import { ALLOWED, FROM, startNode, type TestNode } from '../node-fixture.ts';
import { until } from '../spending.ts';

describe('an account of a vendor whose prices nobody has imported', () => {
  let node: TestNode;
  let client: AdminClient;
  let stopAdmin: () => Promise<void>;
  before(async () => {
    node = await startNode();
    const token = await ensureAdminToken(node.primary);
    stopAdmin = await startAdminServer(node.primary, () => {});
    client = createClient({ url: `http://127.0.0.1:${node.ports.admin}`, token, actor: 'test' });
    await client.call('prices.remove', { vendor: 'twilio' });
  });
  after(async () => {
    await stopAdmin();
    await node.close();
  });

  async function send({
    accountSid = '',
    authToken = '',
  }: Readonly<Record<string, string>>): Promise<Response> {
    const url = `${node.gateway}/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`;
    const headers = { authorization: `Basic ${btoa(`${accountSid}:${authToken}`)}` };
    const body = new URLSearchParams({ To: ALLOWED, From: FROM, Body: 'x' });
    return fetch(url, { method: 'POST', headers, body });
  }

  it('is refused what costs money while there is no price at all', async () => {
    const response = await send(node.parts('twilio', 'secret'));
    assert.equal(response.status, 403);
    assert.match(await response.text(), /No price is known for message\.send\/sms to DE/);
  });

  it('gets coarse bands in its own currency when it is sealed, and works', async () => {
    const { accountSid = '', authToken = '' } = node.sandbox.accounts.create({
      vendor: 'twilio',
      currency: 'EUR',
    }).credentials;
    const account = await client.call('accounts.seal', {
      vendor: 'twilio',
      name: 'fresh',
      values: { accountSid, authToken },
      upstream: node.vendor,
      currency: 'EUR',
    });
    const rows = await client.call('prices.list', {
      vendor: 'twilio',
      item: 'message.send/sms',
      prefix: '49',
    });
    assert.deepEqual(
      rows.map(({ amount, currency, kind }) => [amount, currency, kind]),
      [['0.20', 'EUR', 'band']],
    );
    const { parts } = await client.call('keys.create', {
      app: 'test',
      account: account.id,
      name: 'fresh',
      kind: 'secret',
    });
    const response = await send(Object.fromEntries(Object.entries(parts)));
    assert.equal(response.status, 201, await response.text());
  });

  it('has its bound in the ledger, and its price once the vendor states it', async () => {
    const { bound, amount, currency, settled, atBound } = await until(async () => {
      const [row] = await client.call('ledger.list', { limit: 1 });
      return row?.settled === true ? row : null;
    });
    assert.deepEqual([bound, amount, currency, settled, atBound], ['0.20', '0.10', 'EUR', true, false]);
  });
});
