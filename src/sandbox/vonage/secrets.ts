import { empty, json, type Exchange, type Reply } from '../core.ts';
import { readJson, text } from '../fields.ts';
import type { Route } from '../router.ts';
import { notFound, problem } from './errors.ts';
import type { VonageServices, VonageState } from './state.ts';

const API = 'api.nexmo.com';
const BASE = '/accounts/{key}/secrets';
const MOST = 2;
const STRONG = /^(?=.*[a-z])(?=.*[A-Z])(?=.*\d).{8,25}$/;

/** An account has one or two secrets. */
export function secretRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const list = own((state) => {
    const secrets = [...state.secrets.keys()].map((id) => view(state, id));
    return json(200, { _embedded: { secrets } });
  });
  const show = own((state, { params }) => {
    const id = params['id'] ?? '';
    return state.secrets.has(id) ? json(200, view(state, id)) : notFound('The secret');
  });
  return [
    ['GET', API, BASE, list],
    ['POST', API, BASE, own((state, exchange) => create(services, state, exchange))],
    ['GET', API, `${BASE}/{id}`, show],
    ['DELETE', API, `${BASE}/{id}`, own((state, { params }) => remove(services, state, params['id'] ?? ''))],
  ];
}

export type Own = (state: VonageState, exchange: Exchange) => Reply;

/** The key in the path must be the caller's. */
export function own(handler: Own): Own {
  return (state, exchange) =>
    exchange.params['key'] === state.account.id
      ? handler(state, exchange)
      : problem(403, 'Forbidden', 'Not your account');
}

/** Accepts a secret from now on; returns its id. */
export function addSecret({ world, admit }: VonageServices, state: VonageState, secret: string): string {
  const id = world.ids.uuid();
  state.secrets.set(id, { secret, createdAt: world.now() });
  admit(state, id, secret);
  return id;
}

function create(services: VonageServices, state: VonageState, exchange: Exchange): Reply {
  const secret = text(readJson(exchange) ?? {}, 'secret') ?? '';
  if (!STRONG.test(secret)) return problem(400, 'Bad Request', 'The secret is not strong enough');
  if (state.secrets.size >= MOST)
    return problem(403, 'Maxed out secrets', 'An account has at most two secrets');
  return json(201, view(state, addSecret(services, state, secret)));
}

function remove({ withdraw }: VonageServices, state: VonageState, id: string): Reply {
  const entry = state.secrets.get(id);
  if (entry === undefined) return notFound('The secret');
  if (state.secrets.size === 1)
    return problem(403, 'Secret Deletion Forbidden', 'The last secret cannot be deleted');
  state.secrets.delete(id);
  withdraw(state, entry.secret);
  return empty(204);
}

function view({ account, secrets }: VonageState, id: string): unknown {
  const createdAt = secrets.get(id)?.createdAt ?? 0;
  const href = `/accounts/${account.id}/secrets/${id}`;
  return { id, created_at: new Date(createdAt).toISOString(), _links: { self: { href } } };
}
