import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { after, before, describe, it } from 'node:test';
import { VENDORS } from '../../../src/vendors/index.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { checkSteps, refused, type Expectation } from './sdks-expect.ts';
import { runApp, type Way } from '../sdks-run.ts';

interface Sdk extends Expectation {
  readonly ways: readonly Way[];
}

const EVERY_WAY: readonly Way[] = ['base-url', 'proxy', 'preload', 'resolver'];

const SDKS: Readonly<Record<string, Sdk>> = {
  twilio: {
    ways: EVERY_WAY,
    values: {
      send: 'queued',
      call: 'queued',
      verify: 'pending',
      check: 'approved',
      lookup: 'DE',
      'send again': 'queued',
      list: 'y,x',
    },
    refusals: {
      'refused message': refused('RestException'),
      'refused call': refused('RestException'),
      'refused verification': refused('RestException'),
      'wrong key': refused('RestException', 'key_invalid'),
    },
  },
  vonage: {
    ways: EVERY_WAY,
    values: {
      sms: '0',
      send: 'string',
      call: 'started',
      verify: 'string',
      check: 'completed',
      lookup: 0,
      list: true,
    },
    refusals: {
      'refused sms': refused('MessageSendPartialFailure'),
      'refused message': refused('VetchError'),
      'refused call': refused('VetchError'),
      'refused verification': refused('VetchError'),
      'wrong key': refused('MessageSendPartialFailure', 'key_invalid'),
    },
  },
  telnyx: {
    ways: EVERY_WAY,
    values: {
      send: 'string',
      call: 'string',
      verify: 'string',
      check: 'accepted',
      lookup: 'Sandbox Mobile',
      list: true,
    },
    refusals: {
      'refused message': refused('PermissionDeniedError'),
      'refused call': refused('PermissionDeniedError'),
      'refused verification': refused('PermissionDeniedError'),
      'wrong key': refused('AuthenticationError', 'key_invalid'),
    },
  },
  livekit: {
    // A base URL needs a port of the gateway for the project's host: the SDK drops the path.
    ways: ['proxy', 'preload', 'resolver'],
    values: { room: 'r1', call: 'r1', list: 'r1', delete: null },
    refusals: {
      'refused call': refused('ServerError'),
      'wrong key': refused('ServerError', 'key_invalid'),
    },
  },
};

describe("the vendors' own SDKs for Node, unmodified", () => {
  let node: TestNode;
  before(async () => {
    node = await startNode({ workers: 2 });
  });
  after(() => node.close());

  for (const { id: vendor } of VENDORS) {
    const sdk = SDKS[vendor];
    it(`has a client for ${vendor}`, () => assert.ok(sdk));
    for (const way of sdk?.ways ?? [])
      it(`work for ${vendor} by ${way}`, async () => {
        const { count } = node.sandbox.requests;
        const script = fileURLToPath(new URL(`../clients/${vendor}.mjs`, import.meta.url));
        const steps = await runApp(node, { command: process.execPath, args: [script], vendor, way });
        if (sdk !== undefined) checkSteps(steps, sdk);
        const arrived = node.sandbox.requests.list(count).filter((one) => one.vendor === vendor);
        assert.ok(arrived.length >= Object.keys(sdk?.values ?? {}).length);
        assert.deepEqual(
          arrived.filter(({ credential }) => credential === null),
          [],
        );
      });
  }
});
