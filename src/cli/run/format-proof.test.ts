import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatProof, summarizeProof } from './format-proof.ts';
import type { Proof } from './proof.ts';

const row = { runtime: 'node', host: 'api.acme.example', state: 'covered', reason: '' } as const;
const failed = {
  runtime: 'python',
  client: 'urllib',
  host: 'a.example',
  state: 'failed',
  reason: 'timed out',
} as const;
const proof: Proof = {
  isComplete: false,
  untried: ['One SDK.'],
  rows: [{ ...row, client: 'fetch' }, { ...row, client: 'https.request' }, failed],
  notCovered: ['One SDK.', 'Another.'],
};

test('clients that fare alike share a line, and what is not covered is said', () => {
  assert.equal(
    formatProof(proof, true),
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

test('a proof that failed shows the lines that failed, and counts the others', () => {
  assert.equal(
    formatProof(proof, false),
    [
      'a.example  python (urllib)  failed: timed out',
      '2 more requests reached the gateway; --verbose lists all.',
      '',
      'Not covered:',
      '  - One SDK.',
      '  - Another.',
      '',
    ].join('\n'),
  );
});

test('nothing tried is not the same as nothing wrong', () => {
  assert.match(
    formatProof({ isComplete: false, rows: [], untried: [], notCovered: [] }, false),
    /Nothing was tried/,
  );
});

test('a proof in one line names what was tried, and the command and the clients that were not', () => {
  const rows = [
    { ...row, runtime: 'node', client: 'fetch' },
    { ...row, runtime: 'node', client: 'https.request' },
    { ...row, runtime: 'curl', client: 'curl' },
  ] as const;
  assert.equal(
    summarizeProof({ isComplete: true, rows, untried: [], notCovered: ['One SDK.'] }),
    'Proven: 3 HTTP clients (node, curl) reached the gateway for 1 vendor host. --verbose lists each, and what is not covered.',
  );
  assert.match(
    summarizeProof({
      isComplete: false,
      rows,
      untried: ['make is neither Node, Python nor curl.', 'aiohttp obeys nothing.'],
      notCovered: ['Other.'],
    }),
    /for 1 vendor host\. make is neither Node, Python nor curl\. aiohttp obeys nothing\. --verbose/,
  );
});
