import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { MORE_PARAMETERS } from '../../intent/intent.ts';
import { message, somebody } from '../intents-fixture.ts';
import { parsePolicy } from './document.ts';
import { compilePolicy } from './policy.ts';

const RULE = 'id: home, effect: allow, what: { actions: [message.send] }';

/** What becomes of a message with parameters of these names, when a policy or its rule forbids one. */
function judge(forbidden: string, ...names: readonly string[]): readonly string[] {
  const forbid = `parameters: { forbid: ["${forbidden}"] }`;
  const sources = [`rules: [{ ${RULE}, ${forbid} }]`, `${forbid}\nrules: [{ ${RULE} }]`];
  const intent = { ...message, parameters: new Map(names.map((name) => [name, ''])) };
  return sources.map((source) => {
    const policy = compilePolicy(parsePolicy(`version: 1\nmode: enforce\n${source}`));
    const decision = policy.decide(somebody, intent, null, 0);
    return decision.ok ? 'allowed' : decision.refusal.code;
  });
}

const ALLOWED = ['allowed', 'allowed'];
const FORBIDDEN = ['policy_denied', 'parameter_forbidden'];

describe('forbidden parameters', () => {
  it('are found however an SDK spells them', () => {
    for (const name of ['MediaUrl', 'mediaUrl', 'media_url', 'media-url'])
      assert.deepEqual(judge(name, 'To', 'MediaUrl'), FORBIDDEN, name);
    assert.deepEqual(judge('MediaUrl', 'To', 'MediaUrl[]'), FORBIDDEN);
    assert.deepEqual(judge('MediaUrl', 'To', 'MediaUrlHint', 'Media'), ALLOWED);
  });

  it('are found by the name of what holds them, and wherever they stand in a list', () => {
    assert.deepEqual(judge('details', 'Details.Fields'), FORBIDDEN);
    assert.deepEqual(judge('sms.ttl', 'sms.ttl'), FORBIDDEN);
    assert.deepEqual(judge('to.0.number', 'to.number'), FORBIDDEN);
    assert.deepEqual(judge('filter[status]', 'filter[status]'), FORBIDDEN);
    assert.deepEqual(judge('ttl', 'sms.ttl'), ALLOWED);
  });

  it('are not sought in a name without end, which is refused: to look at it took half a second, for each rule again', () => {
    for (const long of ['x'.repeat(2_000_000), 'a.'.repeat(1_000_000), 'x_'.repeat(1_000_000)]) {
      const began = process.cpuUsage();
      assert.deepEqual(judge('MediaUrl', 'To', long), FORBIDDEN);
      assert.ok(process.cpuUsage(began).user < 100_000);
    }
    assert.deepEqual(judge('MediaUrl', 'To', `${'_'.repeat(600)}media_url`), FORBIDDEN);
    assert.deepEqual(judge('MediaUrl', 'To', 'x'.repeat(900)), ALLOWED);
  });

  it('count as given when they stand below others and not all of those are listed', () => {
    assert.deepEqual(judge('sms.ttl', 'to', MORE_PARAMETERS), FORBIDDEN);
    assert.deepEqual(judge('ttl', 'to', MORE_PARAMETERS), ALLOWED);
  });
});
