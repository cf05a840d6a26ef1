import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { DamageError } from '../damage.ts';
import { tableOf } from './reftable-fixture.ts';
import { readRefTable, type RefValue } from './reftable.ts';

/** Written by git 2.47: a commit on `main`, an annotated tag, a link, and a branch that came and went. */
const RECORDED = Buffer.from(
  'UkVGVAEAEAAAAAAAAAAAAQAAAAAAAAAHcgAA1gAjSEVBRAAPcmVmcy9oZWFkcy9tYWluAHlyZWZzL2hlYWRzL21haW4Biw8VZ0WwilGt15lXl2pI' +
    '0OEv4HsLKW90aGVyBosPFWdFsIpRrdeZV5dqSNDhL+B7BYAbcmVtb3Rlcy9vcmlnaW4vSEVBRAMPcmVmcy9oZWFkcy9tYWluBTp0YWdzL3YxArcx' +
    'kvVKO0AT5TLgUX8QXqW3dBcfiw8VZ0WwilGt15lXl2pI0OEv4HsAABwAADMAAmcAAbx42mPI9HB1dGH4DwF/GbCAbn7RdNcNXYFrr88Mn57lceGh' +
    '/oNqZseURP7ElESH1IrE3IKcVL38ovTW1ccbgMrFkvNzczNLFDQy8zJLMhNzNK0U8vNSuRgaHItS04r1M1ITU4r1cxMz8+hgKXdhfklGahHMph9U' +
    'sEkqqSgxLznDSsG5KDWxJDVFIa0oP1cB5B8u1obEotTc/JLUYv38osz0zDx95LD9TQXLGbkYGFgYGHIZmAAO+JgQUkVGVAEAEAAAAAAAAAAAAQAA' +
    'AAAAAAAHAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAANYAAAAAAAAAAMxApjw=',
  'base64',
);
const COMMIT = '8b0f156745b08a51add79957976a48d0e12fe07b';
const NOTHING = '0'.repeat(40);

test('a table that git has written says what git says', () => {
  const { refs, logged } = readRefTable(RECORDED);
  assert.deepEqual(
    [...refs],
    [
      ['HEAD', { link: 'refs/heads/main' }],
      ['refs/heads/main', { oid: COMMIT }],
      ['refs/heads/other', { oid: COMMIT }],
      ['refs/remotes/origin/HEAD', { link: 'refs/heads/main' }],
      ['refs/tags/v1', { oid: 'b73192f54a3b4013e532e0517f105ea5b774171f' }],
    ],
  );
  assert.deepEqual(logged, new Set([NOTHING, COMMIT]));
});

const name = fc.stringMatching(/^refs\/(heads|tags)\/[a-z]{1,8}(\/[a-z]{1,60})?$/);
const idOf = (bytes: number) => fc.stringMatching(new RegExp(`^[0-9a-f]{${bytes * 2}}$`));
const valueOf = (bytes: number): fc.Arbitrary<RefValue | null> =>
  fc.oneof(
    idOf(bytes).map((oid) => ({ oid })),
    name.map((link) => ({ link })),
    fc.constant(null),
  );

const table = fc.constantFrom(20 as const, 32 as const).chain((hashBytes) =>
  fc.record({
    hashBytes: fc.constant(hashBytes),
    blockBytes: fc.constantFrom(0, 4096),
    refs: fc
      .uniqueArray(fc.tuple(name, valueOf(hashBytes)), { maxLength: 40, selector: ([own]) => own })
      .map((refs) => refs.toSorted(([one], [other]) => (one < other ? -1 : 1))),
    logs: fc.array(fc.record({ name, before: idOf(hashBytes), after: idOf(hashBytes) }), { maxLength: 30 }),
    perBlock: fc.integer({ min: 1, max: 20 }),
  }),
);

test('whatever a table holds is read, in any number of blocks', () => {
  fc.assert(
    fc.property(table, (content) => {
      const { refs, logged } = readRefTable(tableOf(content));
      assert.deepEqual([...refs], content.refs);
      assert.deepEqual(logged, new Set(content.logs.flatMap(({ before, after }) => [before, after])));
    }),
  );
});

test('a table that is cut or changed is read or damaged, nothing else', () => {
  const small = tableOf({
    hashBytes: 20,
    blockBytes: 0,
    refs: [['refs/heads/main', { oid: COMMIT }]],
    logs: [{ name: 'refs/heads/main', before: NOTHING, after: COMMIT }],
    perBlock: 5,
  });
  for (const bytes of [RECORDED, small])
    for (let at = 0; at < bytes.length; at++) {
      assert.throws(() => readRefTable(bytes.subarray(0, at)), DamageError);
      for (const value of [0, 0x7f, 0xff]) {
        const changed = Buffer.from(bytes);
        changed[at] = value;
        try {
          readRefTable(changed);
        } catch (error) {
          assert.ok(error instanceof DamageError, String(error));
        }
      }
    }
});

test('a reflog that unpacks to more than it says is damaged', () => {
  const content = { hashBytes: 20, blockBytes: 0, refs: [], perBlock: 5 } as const;
  const logs = Array.from({ length: 5 }, () => ({ name: 'a', before: NOTHING, after: COMMIT }));
  const bytes = tableOf({ ...content, logs });
  bytes.writeUIntBE(60, 25, 3);
  assert.throws(() => readRefTable(bytes), /packed bytes are damaged/);
});

test('names that grow from record to record are bounded', () => {
  const refs = Array.from(
    { length: 6 },
    (_, index) => ['a'.repeat(1000 * (index + 1)), { oid: COMMIT }] as const,
  );
  const bytes = tableOf({ hashBytes: 20, blockBytes: 0, refs, logs: [], perBlock: 10 });
  assert.throws(() => readRefTable(bytes), /a name that cannot be/);
});
