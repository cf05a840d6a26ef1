import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { NOW, openAccount, readingBy, VIRTUAL, wire } from '../shared/wire-fixture.ts';
import type { WireRequest } from '../wire.ts';
import { bodyKind, FORM, labelled } from './body.ts';
import { custody } from './credential.ts';
import { vonage } from './index.ts';
import { intent, problem, REST } from './intent-fixture.ts';

const JSON_LABEL = { 'content-type': 'application/json' };
const account = openAccount({ apiKey: 'a1b2c3d4' }, { apiSecret: 'RealSecret123456' });
const SMS = { to: '15005550006', from: 'Acme', text: 'Hi & bye = ü {"to":"447700900000"}' };

function send(body: string, type = 'application/json'): WireRequest {
  return {
    ...wire(REST, { url: '/sms/json', json: {}, headers: { 'content-type': type } }),
    body: Buffer.from(body),
  };
}

describe('a form that is labelled JSON', () => {
  it('means what it means under its own label', () => {
    assert.deepEqual(
      intent(REST, { url: '/sms/json', form: SMS, headers: JSON_LABEL }),
      intent(REST, { url: '/sms/json', form: SMS }),
    );
  });

  it('is forwarded under its own label, so that the vendor reads it the same way', () => {
    const basic = `Basic ${Buffer.from(`a1b2c3d4:${VIRTUAL}`).toString('base64')}`;
    const request = wire(REST, {
      url: '/sms/json',
      form: SMS,
      headers: { ...JSON_LABEL, authorization: basic },
    });
    const sent = custody.authorize(request, account, NOW);
    assert.equal(sent.headers['content-type'], FORM);
    assert.deepEqual(sent.body, request.body);
  });

  it('may carry the key, which is found and replaced', () => {
    const form = { ...SMS, api_key: 'a1b2c3d4', api_secret: VIRTUAL };
    const request = wire(REST, { url: '/sms/json', form, headers: JSON_LABEL });
    assert.deepEqual(custody.read(request), { kind: 'secret', publicId: 'a1b2c3d4', secret: VIRTUAL });
    const sent = custody.authorize(request, account, NOW);
    assert.equal(sent.headers['content-type'], FORM);
    const fields = new URLSearchParams(sent.body.toString());
    assert.deepEqual(
      [fields.get('api_secret'), fields.get('to'), fields.get('text')],
      ['RealSecret123456', SMS.to, SMS.text],
    );
    assert.ok(!sent.body.includes(VIRTUAL));
  });

  it('signed with the signature secret is refused as such', () => {
    const request = wire(REST, { url: '/sms/json', form: { ...SMS, sig: 'x' }, headers: JSON_LABEL });
    assert.equal(custody.read(request), null);
    assert.match(custody.explainMissing?.(request) ?? '', /signature secret/);
  });

  it('is no body for an operation that takes JSON', () => {
    const form = { to: '15005550006', channel: 'sms', message_type: 'text', from: 'x', text: 'x' };
    assert.match(
      problem('api.nexmo.com', { url: '/v1/messages', form, headers: JSON_LABEL }),
      /application\/json/,
    );
  });
});

describe('a body that could be read in two ways', () => {
  it('is refused under the label JSON, unless it is JSON', () => {
    for (const body of [
      '{"to":"15005550006"}&to=447700900000',
      'to=15005550006&x={"to":"447700900000"}',
      ' to=15005550006&from=x&text=x',
      'to=15005550006;to=447700900000',
      '"to"=15005550006',
      'to',
      '=15005550006',
      '[]',
      '1',
    ]) {
      const request = send(body);
      assert.notEqual(bodyKind(request), 'form', body);
      assert.equal(labelled(request), request, 'it keeps its label');
      assert.equal(readingBy(vonage, request).kind, 'malformed', body);
    }
  });

  it('JSON under the label of a form stays a form', () => {
    const request = send('{"to":"15005550006"}', FORM);
    assert.equal(bodyKind(request), 'form');
    assert.equal(labelled(request), request);
  });

  it('does not exist: no JSON value is taken for a form', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        assert.equal(bodyKind(send(text)), 'json');
      }),
      { numRuns: 2000 },
    );
  });

  it('does not exist: what an encoder of forms writes has one meaning under both labels', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string({ minLength: 1 }), fc.string(), { minKeys: 1 }), (fields) => {
        const body = new URLSearchParams(fields).toString();
        const request = labelled(send(body));
        assert.deepEqual([request.headers['content-type'], request.body.toString()], [FORM, body]);
      }),
    );
  });
});

it('a long body is judged in time in proportion to its length', () => {
  const start = process.cpuUsage();
  for (const body of [`${'a'.repeat(2_000_000)}!`, `${'a=&'.repeat(600_000)}!`, '%'.repeat(2_000_000)])
    assert.equal(bodyKind(send(body)), 'json');
  assert.ok(process.cpuUsage(start).user < 20_000_000); // The square of it would take hours.
});
