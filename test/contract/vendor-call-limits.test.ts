import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { VENDORS } from '../../src/vendors/index.ts';
import { readingsOf } from './vendor-probes.ts';

const SECONDS = 60;

for (const vendor of VENDORS)
  describe(`calls of ${vendor.id}`, () => {
    const calls = vendor.operations.rows.flatMap((operation) =>
      readingsOf(vendor, operation)
        .filter(({ intent }) => intent.action === 'call.create' && intent.effects.includes('spend'))
        .map((reading) => ({ operation, ...reading })),
    );

    it('are limited by what the vendor is sent, or priced for as long as they can last', () => {
      assert.ok(calls.length > 0);
      for (const { operation, request, intent } of calls) {
        if (intent.fixedSeconds === true) {
          assert.ok(
            (intent.callSeconds ?? 0) > SECONDS,
            `${operation.id} lasts for a time that nobody knows`,
          );
          continue;
        }
        const limited = vendor.limit?.(operation, request, SECONDS);
        const sent = limited?.body.toString() ?? '';
        assert.match(sent, new RegExp(`[=:]"?${SECONDS}s?\\b`), `nothing limits ${operation.id}: ${sent}`);
      }
    });
  });
