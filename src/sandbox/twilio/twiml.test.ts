import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readTwiml } from './twiml.ts';

const inside = (verbs: string) =>
  readTwiml(`<?xml version="1.0" encoding="UTF-8"?><Response>${verbs}</Response>`);

describe('TwiML', () => {
  it('takes time by what is said, played and paused', () => {
    assert.deepEqual(
      inside('<Say loop="2">Fifteen letters</Say><Play>a.mp3</Play><Pause/><Pause length="9"/>'),
      [
        { kind: 'wait', seconds: 2 },
        { kind: 'wait', seconds: 5 },
        { kind: 'wait', seconds: 1 },
        { kind: 'wait', seconds: 9 },
      ],
    );
  });

  it('dials plain numbers and nested ones, within their limits', () => {
    const step = { kind: 'dial', from: null, timeoutSeconds: 30, limitSeconds: null };
    assert.deepEqual(inside('<Dial>+15005550106</Dial>'), [{ ...step, targets: ['+15005550106'] }]);
    assert.deepEqual(
      inside(
        '<Dial timeLimit="60" timeout="5" callerId="+1500"><Number url="x">+1</Number><Client>bob</Client></Dial>',
      ),
      [{ kind: 'dial', from: '+1500', timeoutSeconds: 5, limitSeconds: 60, targets: ['+1', 'client:bob'] }],
    );
    assert.deepEqual(inside('<Dial><Conference>room</Conference></Dial>'), [{ kind: 'wait', seconds: 60 }]);
  });

  it('reads entities, comments and character data', () => {
    assert.deepEqual(inside('<!-- > --><Message to="+1&amp;2">a &lt;b&gt; <![CDATA[<c>]]></Message>'), [
      { kind: 'message', to: '+1&2', text: 'a <b> <c>' },
    ]);
  });

  it('ends, redirects and records', () => {
    assert.deepEqual(
      inside('<Redirect method="GET">http://x/?a=1&amp;b=2</Redirect><Record maxLength="3"/><Hangup/>'),
      [
        { kind: 'redirect', url: 'http://x/?a=1&b=2', method: 'GET' },
        { kind: 'record', seconds: 3, callback: null },
        { kind: 'hangup' },
      ],
    );
  });

  it('is null for text that is no TwiML, is malformed, or is too long', () => {
    for (const text of [
      '',
      'hello',
      '<html></html>',
      '<Response><Say>',
      '<Response></Say></Response>',
      `<Response>${' '.repeat(70_000)}</Response>`,
    ])
      assert.equal(readTwiml(text), null, text.slice(0, 40));
  });
});
