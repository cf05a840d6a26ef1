import { after, before, describe, it } from 'node:test';
import { fileURLToPath } from 'node:url';
import { ENVIRONMENT, SERVICES } from '../../../scripts/services.ts';
import { startNode, type TestNode } from '../node-fixture.ts';
import { checkSteps, refused, type Expectation } from './sdks-expect.ts';
import { runApp, type Way } from '../sdks-run.ts';

const python = SERVICES.find(({ name }) => name.startsWith('Python'));
const isMissing = python?.found() !== true && process.env['CI'] !== 'true';

interface Sdk extends Expectation {
  readonly ways: readonly Way[];
}

/** Of the four, Telnyx and LiveKit take a base URL with a path. None loads the preload, which is for Node. */
const SDKS: Readonly<Record<string, Sdk>> = {
  twilio: {
    ways: ['proxy'],
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
      'refused message': refused('TwilioRestException'),
      'refused call': refused('TwilioRestException'),
      'wrong key': refused('TwilioException', 'key_invalid'),
    },
  },
  vonage: {
    ways: ['proxy'],
    values: {
      sms: '0',
      send: true,
      call: 'started',
      verify: 'started',
      check: 'completed',
      'sms labelled JSON': '0',
      list: true,
    },
    refusals: {
      'refused sms': refused('SmsError'),
      'refused message': refused('ForbiddenError'),
      'refused call': refused('ForbiddenError'),
      'refused verification': refused('ForbiddenError'),
      'wrong key': refused('SmsError', 'key_invalid'),
    },
  },
  telnyx: {
    ways: ['base-url', 'proxy'],
    values: { send: true, call: true, verify: true, check: 'accepted', lookup: 'Sandbox Mobile' },
    refusals: {
      'refused message': refused('PermissionDeniedError'),
      'refused call': refused('PermissionDeniedError'),
      'refused verification': refused('PermissionDeniedError'),
      'wrong key': refused('AuthenticationError', 'key_invalid'),
    },
  },
  livekit: {
    ways: ['base-url', 'proxy'],
    values: { room: 'r1', call: 'r1', list: 'r1', delete: true },
    refusals: {
      'refused call': refused('ServerError'),
      'wrong key': refused('ServerError', 'key_invalid'),
    },
  },
};

describe("the vendors' own SDKs for Python, unmodified", { skip: isMissing && 'needs .venv' }, () => {
  let node: TestNode;
  before(async () => {
    node = await startNode();
  });
  after(() => node.close());

  for (const [vendor, sdk] of Object.entries(SDKS))
    for (const way of sdk.ways)
      it(`work for ${vendor} by ${way}`, async () => {
        const script = fileURLToPath(new URL(`../clients/${vendor}.client.py`, import.meta.url));
        const app = { command: 'python3', args: [script], vendor, way, path: ENVIRONMENT.PATH };
        checkSteps(await runApp(node, app), sdk);
      });
});
