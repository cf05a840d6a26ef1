import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Secret } from '../../kernel/secret.ts';
import type { LeakVerdict } from '../leak-check.ts';
import type { WireResponse } from '../wire.ts';
import { leakChecks } from './leak-check.ts';

const ID = `AC${'4e'.repeat(16)}`;
const KEY = `SK${'5d'.repeat(16)}`;

const answer = (status: number, code: number): WireResponse => ({
  status,
  headers: {},
  body: Buffer.from(JSON.stringify({ code })),
});

/** Asks as the verifier does: `answers` says what a host answers. */
function ask(rule: string, companions: Record<string, string>, answers: (host: string) => WireResponse) {
  const check = leakChecks.find(({ rules }) => rules.includes(rule));
  const requests = check?.requests({ secret: new Secret('made up'), companions }, 0) ?? '';
  assert.ok(typeof requests !== 'string');
  const heard: WireResponse[] = [];
  for (const [place, { host }] of requests.entries()) {
    heard.push(answers(host));
    const verdict: LeakVerdict | null =
      check?.judge(heard, place === requests.length - 1, companions) ?? null;
    if (verdict !== null) return { verdict, asked: heard.length };
  }
  assert.fail('no verdict');
}

const liveIn = (region: string) => (host: string) =>
  host.includes(region) ? answer(200, 0) : answer(401, 20003);

test('a credential of one region, which every other one refuses, is not called dead', () => {
  for (const region of ['.ie1.', '.au1.']) {
    assert.equal(ask('twilio-auth-token', { id: ID }, liveIn(region)).verdict.state, 'active', region);
    const key = ask('twilio-api-key-pair', { id: KEY, account: ID }, liveIn(region));
    assert.equal(key.verdict.state, 'active', region);
  }
});

test('a credential is dead when all regions refuse it, and not when one of them gives no clear answer', () => {
  const refusing = () => answer(401, 20003);
  const unclear = (host: string) => (host.includes('.au1.') ? answer(404, 20404) : answer(401, 20003));
  for (const [rule, companions] of [
    ['twilio-auth-token', { id: ID }],
    ['twilio-api-key-pair', { id: KEY, account: ID }],
  ] as const) {
    assert.equal(ask(rule, companions, refusing).verdict.state, 'revoked', rule);
    assert.equal(ask(rule, companions, unclear).verdict.state, 'unknown', rule);
  }
});

test('a live credential of the usual region costs one question', () => {
  assert.equal(ask('twilio-auth-token', { id: ID }, () => answer(200, 0)).asked, 1);
});

test('a token beside the SID of a subaccount may be that of its parent, and is not called dead', () => {
  const refusing = () => answer(401, 20003);
  const { verdict } = ask('twilio-auth-token', { id: ID, subaccount: ID }, refusing);
  assert.equal(verdict.state, 'unknown');
  assert.match(verdict.reason, /parent/);
  const parent = ask('twilio-auth-token', { id: ID, subaccount: `AC${'7a'.repeat(16)}` }, refusing);
  assert.equal(parent.verdict.state, 'revoked');
  const live = ask('twilio-auth-token', { id: ID, subaccount: ID }, () => answer(200, 0));
  assert.equal(live.verdict.state, 'active');
});

test('a SID is that of a subaccount where its name says so', () => {
  const form = leakChecks.find(({ rules }) => rules.includes('twilio-auth-token'))?.near?.['subaccount'];
  for (const line of [
    `TWILIO_SUBACCOUNT_SID=${ID}`,
    `subAccountSid: "${ID}"`,
    `sub_account = Client(${ID})`,
    `# our sub-account is ${ID}`,
  ])
    assert.equal(form?.exec(line)?.[1], ID, line);
  assert.equal(form?.exec(`TWILIO_ACCOUNT_SID=${ID}`), null);
});
