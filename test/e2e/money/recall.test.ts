import assert from 'node:assert/strict';
import type { ChildProcess } from 'node:child_process';
import { test, type TestContext } from 'node:test';
import { onFork } from '../forks.ts';
import { startNode } from '../node-fixture.ts';
import { allowMessages, sendMessage } from '../spending.ts';

const BUDGET = 'budget_recalled';
/** As many connections nearly: that the kernel gives all of them to one process does not happen. */
const MESSAGES = 24;

type Send = (message: { readonly type?: string }, ...rest: unknown[]) => boolean;

/**
 * The first process that money is granted to stands still from then on, until some of it is called back: so it reads
 * both messages at once. The result tells whether that has happened.
 */
function holdGrant(t: TestContext): () => boolean {
  let held: ChildProcess | null = null;
  let isRecalled = false;
  const forget = onFork((child) => {
    const send: Send = child.send.bind(child) as Send;
    const watched: Send = (message, ...rest) => {
      if (message.type === 'granted' && held === null) (held = child).kill('SIGSTOP');
      const isSent = send(message, ...rest);
      if (message.type === 'recall' && held === child) {
        isRecalled = true;
        setImmediate(() => child.kill('SIGCONT')); // What was sent is in the pipe by then.
      }
      return isSent;
    };
    Object.assign(child, { send: watched });
  });
  t.after(() => {
    held?.kill('SIGCONT');
    forget();
  });
  return () => isRecalled;
}

test('money that a process was granted a moment ago is called back for another that needs it', async (t) => {
  const isRecalled = holdGrant(t);
  const node = await startNode({ workers: 2 });
  t.after(() => node.close());
  await allowMessages(node.primary, BUDGET, MESSAGES, { keys: [node.keys.get('twilio/secret')?.id ?? ''] });
  const sent = await Promise.all(Array.from({ length: MESSAGES - 2 }, () => sendMessage(node)));
  const codes = new Set(sent.map(({ code }) => code));
  codes.delete('budget_unavailable'); // The machine was slow: the app is told to try again.
  assert.deepEqual([...codes], ['allowed']);
  assert.ok(isRecalled());
});
