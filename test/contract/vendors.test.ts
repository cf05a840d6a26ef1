import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import twilioSdk from 'twilio';
import { plainParts } from '../../src/custody/plain-parts.ts';
import { ACTIONS, CHANNELS, EFFECTS, type Intent } from '../../src/intent/intent.ts';
import { ERRORS, type ErrorCode } from '../../src/kernel/errors.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { VENDORS } from '../../src/vendors/index.ts';
import { verifyJwt } from '../../src/vendors/shared/jwt.ts';
import { intentOf } from '../../src/vendors/shared/reading.ts';
import { NOW, plan, serve, wire } from '../../src/vendors/shared/wire-fixture.ts';
import { VENDOR_LEAKS } from '../../src/vendors/leaks.ts';
import type { LeakAnchor } from '../../src/vendors/leak-rule.ts';
import type { Vendor } from '../../src/vendors/vendor.ts';
import type { Operation, WireRequest } from '../../src/vendors/wire.ts';
import { bytesOf, fixtureOf, holdsRealCredential, requestFor, sources } from './vendor-fixtures.ts';

const CODES = Object.keys(ERRORS) as ErrorCode[];
/** The only vendor with APIs that say no with HTTP 200. */
const REFUSES_WITH_200: ReadonlySet<string> = new Set(['vonage']);

const FORM = 'application/x-www-form-urlencoded';
const NAMES = (
  'To From Body Twiml Url MediaUrl TimeLimit Record Channel Code Fields PhoneNumber AreaCode Status Participants ' +
  'to from text number type channel ncco workflow media_urls sip_call_to room_name phone_number x'
).split(' ');
const VALUES = [
  '+15005550006',
  '15005550006',
  'sip:a@b.example',
  'whatsapp:+15005550006',
  '<Response><Dial>+15005550006</Dial></Response>',
  '<Response><Dial>',
  '<Response><Nope/></Response>',
  '[{"to":"+15005550006"}]',
  'true',
  '-1',
  '1e999',
  '__proto__',
  '\u0000',
  '\ud83d',
];

const text = fc.oneof(fc.constantFrom(...VALUES), fc.string({ maxLength: 30 }));
const name = fc.oneof(fc.constantFrom(...NAMES), fc.string({ maxLength: 12 }));
const form = fc
  .array(fc.tuple(name, text), { maxLength: 12 })
  .map((entries) => new URLSearchParams(entries).toString());
const value = fc.letrec((tie) => ({
  any: fc.oneof(
    { maxDepth: 4 },
    text,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('any'), { maxLength: 4 }),
  object: fc.dictionary(name, tie('any'), { maxKeys: 6 }),
}));
/** Complete enough to be read, and one or two fields more or other than that. */
const likely = fc.dictionary(fc.constantFrom(...NAMES), fc.constantFrom(...VALUES), { maxKeys: 2 });
const likelyForm = likely.map((change) => ({ To: VALUES[0] ?? '', Channel: 'sms', ...change }));
const likelyJson = likely.map((change) => ({
  to: VALUES[1],
  from: VALUES[1],
  number: VALUES[1],
  text: 'hi',
  channel: 'sms',
  message_type: 'text',
  ...change,
}));
const body = fc.oneof(
  likelyForm.map((data) => [FORM, Buffer.from(new URLSearchParams(data).toString())] as const),
  likelyJson.map((data) => ['application/json', jsonBytes(data)] as const),
  form.map((data) => [FORM, Buffer.from(data)] as const),
  fc.oneof(value.object, value.any).map((data) => ['application/json', jsonBytes(data)] as const),
  fc.uint8Array({ maxLength: 60 }).map((data) => ['application/json', Buffer.from(data)] as const),
  fc.uint8Array({ maxLength: 60 }).map((data) => ['text/plain', Buffer.from(data)] as const),
);

function jsonBytes(data: unknown): Buffer {
  return Buffer.from(JSON.stringify(data) ?? '');
}

function anyRequest(vendor: Vendor): fc.Arbitrary<{ operation: Operation; request: WireRequest }> {
  const understood = vendor.operations.rows.filter((operation) => isUnderstood(vendor, operation));
  const row = fc.oneof(fc.constantFrom(...vendor.operations.rows), fc.constantFrom(...understood));
  return fc.tuple(row, fc.oneof(fc.constant(''), form), body).map(([operation, query, [type, bytes]]) => ({
    operation,
    request: { ...requestFor(operation, vendor), query, body: bytes, headers: { 'content-type': type } },
  }));
}

/** True for operations that have a meaning of their own, which says more than their effects. */
function isUnderstood(vendor: Vendor, operation: Operation): boolean {
  const reading = vendor.readIntent(operation, requestFor(operation, vendor), plan);
  return reading.kind === 'malformed' || reading.intent.action !== 'other';
}

function mayCost(effects: Operation['effects']): boolean {
  return effects.includes('spend') || effects.includes('buy') || effects.includes('indirect');
}

function checkIntent(intent: Intent, vendor: Vendor, operation: Operation): void {
  assert.equal(intent.vendor, vendor.id);
  assert.equal(intent.operation, operation.id);
  assert.ok(ACTIONS.includes(intent.action), intent.action);
  assert.ok(intent.channel === null || CHANNELS.includes(intent.channel));
  assert.ok(intent.effects.length > 0 && intent.effects.every((effect) => EFFECTS.includes(effect)));
  assert.ok(intent.parameters.size <= 400, 'parameters are bounded');
  for (const { kind, phone, address } of intent.destinations) {
    assert.equal(phone !== null, kind === 'phone', 'phones, and only phones, have facts');
    if (kind === 'phone') assert.match(address, /^\+[1-9]\d{1,18}$/);
  }
  if (intent.content !== null)
    assert.ok(Number.isSafeInteger(intent.content.segments) && intent.content.segments >= 1);
  if (intent.callSeconds !== null) assert.ok(intent.callSeconds > 0);
}

const SPAN = { since: NOW, until: NOW + 60_000 };

for (const vendor of VENDORS) {
  const { custody, operations } = vendor;
  const fixture = fixtureOf(vendor);

  describe(`contract of adapters: ${vendor.id}`, () => {
    it('classifies every row of its table as itself', () => {
      for (const operation of operations.rows) {
        const { method, host, segments, path } = requestFor(operation, vendor);
        assert.equal(operations.match(method, host, segments), operation, `${method} ${path}`);
      }
    });

    it('gives each operation an id of its own, and effects that exist', () => {
      const ids = operations.rows.map(({ id, method, path }) => `${id} ${method} ${path}`);
      assert.equal(new Set(ids).size, ids.length);
      for (const { effects, id } of operations.rows)
        assert.ok(effects.length > 0 && effects.every((effect) => EFFECTS.includes(effect)), id);
    });

    it('does not know what is not in its table', () => {
      for (const operation of operations.rows) {
        const { method, host, segments } = requestFor(operation, vendor);
        assert.equal(operations.match('PURGE', host, segments), null);
        assert.equal(operations.match(method, `${host}.evil.example`, segments), null);
        assert.equal(
          operations.match(method, `evil-${host}`.replace(/^evil-(?=project\.)/, 'a.b.'), segments),
          null,
        );
        assert.equal(operations.match(method, host, ['no-such-product', ...segments]), null);
        assert.equal(operations.match(method, host, [...segments, 'x', 'no-such-thing', 'y', 'z']), null);
      }
    });

    it('reads any request of any operation without throwing', () => {
      fc.assert(
        fc.property(anyRequest(vendor), ({ operation, request }) => {
          const reading = vendor.readIntent(operation, request, plan);
          if (reading.kind === 'malformed')
            assert.ok(reading.problem.length > 0 && reading.problem.length < 400);
          else checkIntent(reading.intent, vendor, operation);
        }),
        { numRuns: 2000 },
      );
    });

    it('takes the fields that it asks for', () => {
      for (const field of custody.fields) {
        const given = fixture.account.fields[field.name] ?? fixture.account.secrets[field.name]?.reveal();
        if (given !== undefined) assert.match(given, field.pattern, field.name);
        assert.ok(!field.pattern.test(''), `${field.name} may not be empty`);
        assert.equal(field.secret, fixture.account.secrets[field.name] !== undefined, field.name);
      }
    });

    for (const kind of custody.kinds)
      it(`finds an issued credential (${kind}) and leaves nothing of it in what is sent`, () => {
        const issued = custody.issue(kind, fixture.account.fields, sources);
        const parts = plainParts(issued);
        const virtual = Object.entries(issued.parts).filter(([, part]) => part instanceof Secret);
        for (const request of fixture.carry(kind, parts)) {
          const presented = custody.read(request);
          assert.ok(presented !== null, request.path);
          assert.ok(presented.publicId === null || presented.publicId === issued.publicId);
          if (presented.kind === 'secret') assert.equal(presented.secret, issued.verifier.reveal());
          else {
            const { jwt, algorithm } = presented;
            assert.ok(verifyJwt(jwt.token, { algorithm, key: issued.verifier.reveal(), now: NOW }) !== null);
          }
          const sent = custody.authorize(request, fixture.account, NOW);
          const bytes = bytesOf(sent);
          for (const [part] of virtual)
            assert.ok(!bytes.includes(parts[part] ?? ''), `${part} in ${request.path}`);
          if (presented.kind === 'jwt') assert.ok(!bytes.includes(presented.jwt.token));
          else assert.ok(!bytes.includes(presented.secret));
          assert.ok(holdsRealCredential(sent, fixture.account), request.path);
        }
      });

    it('finds no credential where there is none, and throws at nothing', () => {
      assert.equal(custody.read(wire(fixture.host, { url: '/' })), null);
      fc.assert(
        fc.property(
          fc.oneof(fc.string(), fc.base64String()),
          fc.constantFrom('Basic', 'Bearer', ''),
          (data, scheme) => {
            const request = wire(fixture.host, { url: '/', headers: { authorization: `${scheme} ${data}` } });
            custody.read(request);
            const sent = custody.authorize(request, fixture.account, NOW);
            assert.notEqual(sent.headers['authorization'], request.headers['authorization']);
            assert.ok(holdsRealCredential(sent, fixture.account));
          },
        ),
      );
    });

    it('shows how to use a key without any real secret', () => {
      for (const kind of custody.kinds) {
        const parts = plainParts(custody.issue(kind, fixture.account.fields, sources));
        const code = custody
          .snippets(parts, 'http://127.0.0.1:4000')
          .map((snippet) => snippet.code)
          .join('\n');
        assert.ok(code.length > 0);
        for (const secret of Object.values(fixture.account.secrets))
          assert.ok(!code.includes(secret.reveal()));
      }
    });

    it('tests an account by a read that its own table knows', () => {
      const { request, accepts } = custody.test(fixture.account, NOW);
      const operation = operations.match(request.method, request.host, request.segments);
      assert.ok(operation !== null && !mayCost(operation.effects), request.path);
      assert.ok(!accepts({ status: 401, headers: {}, body: Buffer.alloc(0) }));
    });

    it('says no as JSON with the code and the rule, never as a 5xx', () => {
      const rows = operations.rows.filter((_row, index) => index % 11 === 0);
      for (const code of CODES)
        for (const operation of rows) {
          const refusal = { code, rule: 'rule:test', message: 'Not "today".' };
          const answer = vendor.refuse(refusal, requestFor(operation, vendor));
          const said = `${answer.status} ${operation.path}`;
          if (answer.status === 200) assert.ok(REFUSES_WITH_200.has(vendor.id), said);
          else assert.ok(answer.status >= 400 && answer.status < 500, said);
          assert.match(answer.headers['content-type'] ?? '', /json/);
          const words = JSON.stringify(JSON.parse(answer.body.toString()));
          assert.ok(words.includes(code) && words.includes('rule:test'), `${said}: ${words}`);
        }
    });

    it('judges any answer without throwing, and never takes a failed create for done', () => {
      const operation = operations.rows.find(({ effects }) => effects.includes('spend'));
      assert.ok(operation);
      const answers = fc.tuple(fc.integer({ min: 200, max: 599 }), body);
      fc.assert(
        fc.property(fc.constantFrom(...ACTIONS), answers, (action, [status, [, bytes]]) => {
          const settled = vendor.readSettlement(intentOf(operation, { action }), {
            status,
            headers: {},
            body: bytes,
          });
          if (status >= 500) assert.equal(settled.outcome, 'unknown', 'nobody knows');
          if (settled.cost !== null) assert.ok(settled.cost.amount >= 0);
        }),
        { numRuns: 500 },
      );
    });

    it('reads no record from an answer that is none', () => {
      const { lookup } = vendor;
      if (lookup === null) return;
      for (const action of ACTIONS) {
        const request = lookup.list(action, SPAN, fixture.account.fields) ?? wire(fixture.host, { url: '/' });
        fc.assert(
          fc.property(body, ([, bytes]) => {
            const page = lookup.read(action, request, { status: 200, headers: {}, body: bytes });
            for (const { cost } of page?.records ?? []) assert.ok(cost === null || cost.amount >= 0);
          }),
          { numRuns: 50 },
        );
      }
    });

    it('looks up only with operations of its own table, by reads', () => {
      const { lookup } = vendor;
      if (lookup === null) return;
      for (const action of ACTIONS)
        for (const request of [
          lookup.list(action, SPAN, fixture.account.fields),
          lookup.fetch(action, 'SM0', fixture.account.fields),
        ]) {
          if (request === null) continue;
          const operation = operations.match(request.method, request.host, request.segments);
          assert.ok(operation?.effects.includes('read'), request.path);
        }
    });

    it('has a pattern and an anchor for every leaked credential', () => {
      assert.ok(vendor.leaks.length > 0);
      for (const { id, pattern, examples, anchors } of vendor.leaks) {
        const found = (sample: string) =>
          [...sample.matchAll(pattern)].some(({ groups }) => groups?.['secret']);
        assert.ok(examples.length > 1, id);
        for (const example of examples)
          assert.ok(found(example) && hasAnchor(example, anchors), `${id}: ${example}`);
      }
    });

    it('gives the scanner its rules without the adapter', () => {
      for (const rule of vendor.leaks) assert.ok(VENDOR_LEAKS.includes(rule), rule.id);
      const named = VENDOR_LEAKS.filter((rule) => rule.vendor === vendor.facts.name);
      assert.equal(named.length, vendor.leaks.length);
    });
  });
}

function hasAnchor(sample: string, anchors: readonly LeakAnchor[]): boolean {
  return anchors.some((anchor) =>
    typeof anchor === 'string'
      ? sample.toLowerCase().includes(anchor.toLowerCase())
      : new RegExp(`${anchor.prefix}[0-9a-f]{${anchor.hex}}`, 'i').test(sample),
  );
}

describe('the Twilio SDK understands a refusal', () => {
  const twilio = VENDORS.find(({ id }) => id === 'twilio');

  /** The vendor's own SDK against a server that refuses everything with `code`. */
  async function against(code: ErrorCode): Promise<{ error: unknown; seen: number }> {
    assert.ok(twilio);
    const { refuse } = twilio;
    const refusal = { code, rule: 'rule:test', message: 'Not today.' };
    await using server = await serve((request) => refuse(refusal, request));
    const client = twilioSdk(`AC${'0'.repeat(32)}`, 'rfv00000000000000000000000000000');
    client.api.baseUrl = server.origin;
    const message = { to: '+15005550006', from: '+15005550001', body: 'hi' };
    const error = await client.messages.create(message).then(
      () => null,
      (reason: unknown) => reason,
    );
    return { error, seen: server.seen.length };
  }

  it('raises its RestException with our code, rule and words, and asks once', async () => {
    for (const code of [
      'policy_denied',
      'budget_exceeded',
      'key_invalid',
      'rate_limited',
      'overloaded',
    ] as const) {
      const { error, seen } = await against(code);
      assert.equal((error as Error).constructor.name, 'RestException');
      const { status, message, code: number, moreInfo } = error as Record<string, unknown>;
      assert.ok(typeof status === 'number' && status >= 400 && status < 500);
      assert.ok(typeof number === 'number' && Number.isSafeInteger(number));
      assert.match(String(message), new RegExp(`Not today\\..*${code}.*rule:test`));
      assert.match(String(moreInfo), /^https:\/\//);
      assert.equal(seen, 1);
    }
  });
});
