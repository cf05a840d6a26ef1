import assert from 'node:assert/strict';
import { test } from 'node:test';
import { formatTable, printable, wrapList } from './table.ts';

test('columns stand under each other, without blanks at line ends', () => {
  assert.equal(
    formatTable(
      ['A', 'LONG'],
      [
        ['one', 'x'],
        ['é', null],
      ],
    ),
    'A    LONG\none  x\né    -\n',
  );
});

test('a terminal that is too narrow shortens the widest column; a pipe shortens nothing', () => {
  const rows = [['short', 'x'.repeat(60)]];
  const lines = formatTable(['A', 'B'], rows, 30).split('\n');
  assert.ok(lines.every((line) => [...line].length <= 30) && lines[1]?.endsWith('…'));
  assert.ok(formatTable(['A', 'B'], rows).includes('x'.repeat(60)));
});

test('an id stays whole where the terminal is narrow: the next command wants it', () => {
  const id = 'leak_abcdefghijklmnop';
  const text = formatTable(['ID', 'TITLE', 'PLACE'], [[id, 'x'.repeat(id.length), 'y'.repeat(40)]], 50);
  assert.match(text, new RegExp(`^${id}  x+…  y+…$`, 'm'));
  assert.ok(text.split('\n').every((line) => [...line].length <= 50));
  assert.match(formatTable(['ID', 'TITLE'], [[id, 'x'.repeat(40)]], 10), new RegExp(`^${id}  x{7}…$`, 'm'));
});

test('no control character reaches the terminal, and a number in full is masked', () => {
  assert.equal(printable('a\u001b[31mb\u009b1mc\r\nd\u202ee'), 'a [31mb 1mc d e');
  assert.ok(!printable('sent to +37120000001').includes('20000001'));
  const advice = 'must be a number such as +15005550006.';
  assert.equal(printable(advice), advice, 'nobody has the number of an example');
});

test('a long list goes over lines that a terminal holds; a short one stays on one', () => {
  assert.deepEqual(wrapList('vendor acme:', ['a.example', 'b.example'], 4), [
    'vendor acme: a.example, b.example',
  ]);
  const hosts = Array.from({ length: 30 }, (_, place) => `host-${place}.acme.example`);
  const lines = wrapList('vendor acme:', hosts, 4);
  assert.ok(lines.every((line) => line.length <= 100));
  assert.ok(lines.slice(1).every((line) => /^ {4}host-/.test(line)));
  assert.equal(lines.map((line) => line.trim()).join(' '), `vendor acme: ${hosts.join(', ')}`);
});
