import assert from 'node:assert/strict';
import { test } from 'node:test';
import { layHelp } from './help-text.ts';

const HELP = `USAGE
  ringfence run [--json] [--scope all|vendors] [--url url] (--app app) <command>...
  ringfence run --help

Runs a program so that its calls go through the gateway, with nothing else changed.

FLAGS
     [--json]             Print JSON                                              [default = false]
     [--scope]            all: set every proxy variable; vendors: redirect hosts  [all|vendors, default = all]
     [--overlap]          Time for which the old key works                        [default = 24h]
  -h  --help              Print help information and exit
`;

test('a default is shown behind the text of its flag, unless it is that a switch is off', () => {
  const lines = layHelp(HELP, null).split('\n');
  assert.ok(lines.includes('     [--json]             Print JSON'));
  assert.ok(lines.includes('     [--overlap]          Time for which the old key works [default = 24h]'));
  assert.ok(lines.some((line) => line.endsWith('redirect hosts [all|vendors, default = all]')));
});

test('on a terminal lines are broken between words, and go on under their column', () => {
  assert.equal(
    layHelp(HELP, 60),
    `USAGE
  ringfence run [--json] [--scope all|vendors] [--url url]
    (--app app) <command>...
  ringfence run --help

Runs a program so that its calls go through the gateway,
with nothing else changed.

FLAGS
     [--json]             Print JSON
     [--scope]            all: set every proxy variable;
                          vendors: redirect hosts
                          [all|vendors, default = all]
     [--overlap]          Time for which the old key works
                          [default = 24h]
  -h  --help              Print help information and exit
`,
  );
});

test('a word that is longer than the terminal is wide stays whole', () => {
  assert.equal(
    layHelp('a https://ringfence.example/very/long', 12),
    'a\nhttps://ringfence.example/very/long',
  );
});
