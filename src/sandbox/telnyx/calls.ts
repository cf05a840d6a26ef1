import { json, type Exchange, type Reply } from '../core.ts';
import { readJson, text, type JsonObject } from '../fields.ts';
import type { Route } from '../router.ts';
import { act, dial } from './call-commands.ts';
import { callView, recordingView } from './call-view.ts';
import { listPage, notFound, type TelnyxServices, type TelnyxState } from './state.ts';

const API = 'api.telnyx.com';
const MOST_COMMANDS = 10_000;

/** Calls, the commands upon them, and their recordings. */
export function callRoutes(services: TelnyxServices): readonly Route<TelnyxState>[] {
  const call = (state: TelnyxState, { params }: Exchange) => state.calls.get(params['call'] ?? '');
  return [
    [
      'POST',
      API,
      '/v2/calls',
      (state, exchange) => once(state, exchange, (request) => dial(services, state, request)),
    ],
    ['GET', API, '/v2/calls/{call}', (state, exchange) => shown(call(state, exchange), callView)],
    [
      'POST',
      API,
      '/v2/calls/{call}/actions/{action}',
      (state, exchange) => {
        const found = call(state, exchange);
        if (found === undefined) return notFound();
        const action = exchange.params['action'] ?? '';
        return once(state, exchange, (request) => act(services, found, { action, request }));
      },
    ],
    ...recordingRoutes(services),
  ];
}

function recordingRoutes({ world }: TelnyxServices): readonly Route<TelnyxState>[] {
  const recording = (state: TelnyxState, { params }: Exchange) =>
    world.recordings.of(state.account).get(params['id'] ?? '');
  return [
    [
      'GET',
      API,
      '/v2/recordings',
      (state, exchange) =>
        listPage(exchange, world.recordings.of(state.account).all().toReversed(), recordingView),
    ],
    [
      'GET',
      API,
      '/v2/recordings/{id}',
      (state, exchange) => shown(recording(state, exchange), recordingView),
    ],
    [
      'GET',
      API,
      '/v2/recordings/{id}/download',
      (state, exchange) => {
        const found = recording(state, exchange);
        if (found === undefined) return notFound();
        return {
          status: 200,
          headers: { 'content-type': 'audio/x-wav' },
          body: world.recordings.media(found),
        };
      },
    ],
  ];
}

function shown<T>(found: T | undefined, view: (found: T) => unknown): Reply {
  return found === undefined ? notFound() : json(200, { data: view(found) });
}

/** A command with a known `command_id` gets the answer of the first one. */
function once(state: TelnyxState, exchange: Exchange, run: (request: JsonObject) => Reply): Reply {
  const request = readJson(exchange) ?? {};
  const id = text(request, 'command_id');
  const key = `${exchange.path} ${id}`;
  const known = id === undefined ? undefined : state.commands.get(key);
  if (known !== undefined) return known;
  const reply = run(request);
  if (id !== undefined && reply.status < 300) {
    if (state.commands.size >= MOST_COMMANDS) state.commands.delete(state.commands.keys().next().value ?? '');
    state.commands.set(key, reply);
  }
  return reply;
}
