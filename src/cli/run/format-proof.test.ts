import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProof, summarizeProof } from './format-proof.ts';

test('clients that fare alike share a line, and what is not covered is said', () => {
  const row = { runtime: 'node', host: 'api.acme.example', state: 'covered', reason: '' } as const;
  const text = formatProof({
    isComplete: false,
    rows: [
      { ...row, client: 'fetch' },
      { ...row, client: 'https.request' },
      {
        ...row,
        runtime: 'python',
        client: 'urllib',
        host: 'a.example',
        state: 'failed',
        reason: 'timed out',
      },
    ],
    notCovered: ['One SDK.', 'Another.'],
  });
  assert.equal(
    text,
    [
      'api.acme.example  node (fetch, https.request)  covered',
      'a.example         python (urllib)              failed: timed out',
      '',
      'Not covered:',
      '  - One SDK.',
      '  - Another.',
      '',
    ].join('\n'),
  );
});

test('nothing tried is not the same as nothing wrong', () => {
  assert.match(formatProof({ isComplete: false, rows: [], notCovered: [] }), /Nothing was tried/);
});

test('a proof in one line names what was tried, and that the command itself was not', () => {
  const row = { host: 'api.acme.example', state: 'covered', reason: '' } as const;
  const rows = [
    { ...row, runtime: 'node', client: 'fetch' },
    { ...row, runtime: 'node', client: 'https.request' },
    { ...row, runtime: 'curl', client: 'curl' },
  ] as const;
  assert.equal(
    summarizeProof({ isComplete: true, rows, notCovered: ['One SDK.'] }),
    'Proven: 3 HTTP clients (node, curl) reached the gateway for 1 vendor host. --verbose lists each, and what is not covered.',
  );
  assert.match(
    summarizeProof({
      isComplete: false,
      rows,
      notCovered: ['make is neither Node, Python nor curl.', 'Other.'],
    }),
    /for 1 vendor host\. make is neither Node, Python nor curl\. --verbose/,
  );
});
