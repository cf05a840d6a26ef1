import { empty, json, type Exchange, type Reply } from '../core.ts';
import { isObject, list, readJson, text } from '../fields.ts';
import type { Route } from '../router.ts';
import type { Verification } from '../verifications.ts';
import { invalid, notFound, problem } from './errors.ts';
import { bare, isNumber, type VonageServices, type VonageState } from './state.ts';
import { chargeSend, VERIFY_ITEMS, type Sending } from './verify-charge.ts';

const API = 'api.nexmo.com';
const STEP_SECONDS = 300;

/** The newer Verify API: a workflow of channels, each of which is charged when its turn comes. */
export function verify2Routes(services: VonageServices): readonly Route<VonageState>[] {
  const one =
    (use: (verification: Verification, exchange: Exchange) => Reply) =>
    (state: VonageState, exchange: Exchange): Reply => {
      const found = services.world.verifications.get(state.account, exchange.params['request'] ?? '');
      return found === undefined ? notFound('The verification request') : use(found, exchange);
    };
  return [
    ['POST', API, '/v2/verify', (state, exchange) => start(services, state, exchange)],
    [
      'POST',
      API,
      '/v2/verify/{request}',
      one((verification, exchange) => check(services, verification, exchange)),
    ],
    [
      'DELETE',
      API,
      '/v2/verify/{request}',
      one((verification) => {
        if (verification.status !== 'pending') return notFound('The verification request');
        verification.status = 'canceled';
        return empty(204);
      }),
    ],
    [
      'POST',
      API,
      '/v2/verify/{request}/next_workflow',
      one((verification) =>
        verification.status === 'pending' && nextStep(services, verification)
          ? empty(200)
          : problem(409, 'Conflict', 'There are no more steps in the workflow'),
      ),
    ],
  ];
}

function start(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const { world } = services;
  const request = readJson(exchange) ?? {};
  const workflow = list(request, 'workflow')
    .filter(isObject)
    .map((step) => ({
      channel: text(step, 'channel') ?? '',
      to: text(step, 'to') ?? '',
    }));
  const [first, ...remaining] = workflow;
  if (text(request, 'brand') === undefined) return invalid('brand is required');
  if (first === undefined) return invalid('workflow is required');
  const wrong = workflow.find((step) => !isSendable(step));
  if (wrong !== undefined) return invalid(`The channel ${wrong.channel} or its address is not valid`);
  if (world.verifications.pending(state.account, 'v2', bare(first.to)) !== undefined)
    return problem(409, 'Conflict', 'Concurrent verifications to the same number are not allowed');
  const verification = world.verifications.start({
    id: world.ids.linkedUuid(world.bill.length),
    account: state.account,
    service: 'v2',
    to: bare(first.to),
    channel: first.channel,
    code: text(request, 'code') ?? null,
    remaining,
  });
  chargeSend(services, verification, first);
  planNextStep(services, verification, Number(request['channel_timeout'] ?? STEP_SECONDS) * 1000);
  return json(202, { request_id: verification.id });
}

function isSendable({ channel, to }: Sending): boolean {
  if (VERIFY_ITEMS[channel] === undefined) return false;
  return channel === 'email' ? to.includes('@') : isNumber(to);
}

/** Without the right code the workflow goes on by itself, and costs again. */
function planNextStep(services: VonageServices, verification: Verification, after: number): void {
  const { timeline, now } = services.world;
  if (verification.remaining.length === 0 || !(after > 0)) return;
  timeline.at(now() + after, () => {
    if (verification.status !== 'pending') return;
    nextStep(services, verification);
    planNextStep(services, verification, after);
  });
}

function nextStep(services: VonageServices, verification: Verification): boolean {
  const step = verification.remaining.shift();
  if (step === undefined) return false;
  verification.sends += 1;
  verification.channel = step.channel;
  chargeSend(services, verification, step);
  return true;
}

function check({ world }: VonageServices, verification: Verification, exchange: Exchange): Reply {
  const code = text(readJson(exchange) ?? {}, 'code') ?? '';
  switch (world.verifications.check(verification, code)) {
    case 'approved':
      return json(200, { request_id: verification.id, status: 'completed' });
    case 'wrong':
      return problem(400, 'Invalid Code', 'The code you provided does not match the expected value.');
    case 'too-many':
      return problem(
        410,
        'Invalid Code',
        'An incorrect code has been provided too many times. Workflow terminated.',
      );
    default:
      return notFound('The verification request');
  }
}
