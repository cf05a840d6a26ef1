import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { empty, json, type Exchange, type Reply } from '../core.ts';
import { isObject, readForm, readJson, text, wholeNumber, type JsonObject } from '../fields.ts';
import type { Route } from '../router.ts';
import { invalid, notFound } from './errors.ts';
import type { Application, VonageServices, VonageState } from './state.ts';

const API = 'api.nexmo.com';
const BASE = '/v2/applications';

/** Applications own the RSA key whose private part signs an app's tokens. */
export function applicationRoutes(services: VonageServices): readonly Route<VonageState>[] {
  const one =
    (use: (state: VonageState, application: Application, exchange: Exchange) => Reply) =>
    (state: VonageState, exchange: Exchange): Reply => {
      const found = state.applications.get(exchange.params['id'] ?? '');
      return found === undefined ? notFound('The application') : use(state, found, exchange);
    };
  return [
    [
      'POST',
      API,
      BASE,
      (state, exchange) => {
        const request = readJson(exchange);
        if (request === null || text(request, 'name') === undefined) return invalid('name is required');
        return create(services, state, request);
      },
    ],
    ['GET', API, BASE, (state, exchange) => listApplications(state, exchange)],
    ['GET', API, `${BASE}/{id}`, one((_state, application) => json(200, view(application)))],
    [
      'PUT',
      API,
      `${BASE}/{id}`,
      one((state, application, exchange) =>
        update(services, state, { application, request: readJson(exchange) ?? {} }),
      ),
    ],
    [
      'DELETE',
      API,
      `${BASE}/{id}`,
      one((state, { id }) => {
        state.applications.delete(id);
        services.applications.delete(id);
        return empty(204);
      }),
    ],
  ];
}

export interface KeyPair {
  readonly publicPem: string;
  readonly privatePem: string;
}

export function makeKeyPair(): KeyPair {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    publicPem: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
    privatePem: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

/** The whole pair from its private half, which is all that an account keeps. */
export function keyPairOf(privatePem: string): KeyPair {
  return {
    privatePem,
    publicPem: createPublicKey(privatePem).export({ type: 'spki', format: 'pem' }).toString(),
  };
}

export function addApplication(
  services: VonageServices,
  state: VonageState,
  values: Pick<Application, 'id' | 'name' | 'publicPem' | 'capabilities'>,
): Application {
  const application = { ...values, publicKey: createPublicKey(values.publicPem) };
  state.applications.set(application.id, application);
  services.applications.set(application.id, { state, application });
  return application;
}

function create(services: VonageServices, state: VonageState, request: JsonObject): Reply {
  const given = publicKeyOf(request);
  const pair = given === undefined ? makeKeyPair() : null;
  const application = addApplication(services, state, {
    id: services.world.ids.uuid(),
    name: text(request, 'name') ?? '',
    publicPem: given ?? pair?.publicPem ?? '',
    capabilities: isObject(request['capabilities']) ? request['capabilities'] : {},
  });
  return json(201, view(application, pair?.privatePem));
}

/** A new public key replaces the old one at once; tokens of the old key are refused from now on. */
function update(
  services: VonageServices,
  state: VonageState,
  { application, request }: { readonly application: Application; readonly request: JsonObject },
): Reply {
  const { id, name, publicPem, capabilities } = application;
  const changed = addApplication(services, state, {
    id,
    name: text(request, 'name') ?? name,
    publicPem: publicKeyOf(request) ?? publicPem,
    capabilities: isObject(request['capabilities']) ? request['capabilities'] : capabilities,
  });
  return json(200, view(changed));
}

function publicKeyOf(request: JsonObject): string | undefined {
  return isObject(request['keys']) ? text(request['keys'], 'public_key') : undefined;
}

function listApplications(state: VonageState, { query, origin, path }: Exchange): Reply {
  const fields = readForm(query);
  const size = wholeNumber(fields.get('page_size'), 10, 1, 100);
  const page = wholeNumber(fields.get('page'), 1, 1, 1e6);
  const all = [...state.applications.values()];
  const pages = Math.max(1, Math.ceil(all.length / size));
  const link = (number: number) => ({ href: `${origin}${path}?page_size=${size}&page=${number}` });
  return json(200, {
    page_size: size,
    page,
    total_items: all.length,
    total_pages: pages,
    _embedded: { applications: all.slice((page - 1) * size, page * size).map((one) => view(one)) },
    _links: { self: link(page), ...(page < pages ? { next: link(page + 1) } : {}) },
  });
}

function view({ id, name, publicPem, capabilities }: Application, privatePem?: string): unknown {
  const keys =
    privatePem === undefined ? { public_key: publicPem } : { public_key: publicPem, private_key: privatePem };
  return { id, name, capabilities, keys };
}
