import { empty, itemLimit, json, type Exchange, type Reply } from '../core.ts';
import { readForm, readJson } from '../fields.ts';
import { logFor, type Log } from '../log.ts';
import type { Route } from '../router.ts';
import { notFound, twilioError } from './errors.ts';
import { list2010, listMeta } from './pages.ts';
import { iso, rfc2822, type Document, type TwilioServices, type TwilioState } from './state.ts';

/** A collection of resources that only have to be kept: services, templates, conversations. */
export interface DocumentKind {
  readonly host: string;
  readonly path: string;
  readonly prefix: string;
  /** Name of the array in lists. */
  readonly key: string;
  readonly required: readonly string[];
  /** Runs after one was made. */
  readonly created?: (state: TwilioState, document: Document, exchange: Exchange) => void;
}

/** Documents of one account, by the path of their collection as requested. */
export function documentsOf({ world }: TwilioServices, state: TwilioState, path: string): Log<Document> {
  return logFor(
    state.documents,
    path,
    ({ sid }) => sid,
    () => itemLimit(world.settings),
  );
}

export function addDocument(
  services: TwilioServices,
  state: TwilioState,
  place: { readonly path: string; readonly prefix: string; readonly sid?: string | undefined },
  values: Document['values'],
): Document {
  const now = services.world.now();
  const document = {
    sid: place.sid ?? services.world.ids.sid(place.prefix),
    createdAt: now,
    updatedAt: now,
    values,
  };
  documentsOf(services, state, place.path).add(document);
  return document;
}

/** Create, list, fetch, update and delete for each kind. */
export function documentRoutes(
  services: TwilioServices,
  kinds: readonly DocumentKind[],
): readonly Route<TwilioState>[] {
  return kinds.flatMap((kind) => routesOf(services, kind));
}

function routesOf(services: TwilioServices, kind: DocumentKind): readonly Route<TwilioState>[] {
  const { host } = kind;
  const old = host === 'api.twilio.com';
  const suffix = old ? '.json' : '';
  const one = `${kind.path}/{sid}${suffix}`;
  const collection = ({ path, params }: Exchange) =>
    (params['sid'] === undefined ? path : path.slice(0, path.lastIndexOf('/'))).replace(/\.json$/, '');
  const use =
    (act: (document: Document, state: TwilioState, exchange: Exchange) => Reply) =>
    (state: TwilioState, exchange: Exchange): Reply => {
      const log = documentsOf(services, state, collection(exchange));
      const document = log.get(exchange.params['sid'] ?? '');
      return document === undefined ? notFound(exchange.path) : act(document, state, exchange);
    };
  const view = (state: TwilioState, document: Document, exchange: Exchange) =>
    documentView({ state, document, exchange, path: collection(exchange), old });
  return [
    [
      'POST',
      host,
      kind.path + suffix,
      (state, exchange) => {
        const values = readValues(exchange);
        const missing = kind.required.find((name) => values[name] === undefined);
        if (missing !== undefined) return twilioError(400, 20001, `Missing required parameter ${missing}`);
        const place = { path: collection(exchange), prefix: kind.prefix };
        const document = addDocument(services, state, place, values);
        kind.created?.(state, document, exchange);
        return json(201, view(state, document, exchange));
      },
    ],
    [
      'GET',
      host,
      kind.path + suffix,
      (state, exchange) => {
        const log = documentsOf(services, state, collection(exchange));
        const listing = { log, key: kind.key, view: (document: Document) => view(state, document, exchange) };
        return old ? list2010(exchange, listing) : listMeta(exchange, listing);
      },
    ],
    ['GET', host, one, use((document, state, exchange) => json(200, view(state, document, exchange)))],
    [
      'POST',
      host,
      one,
      use((document, state, exchange) => {
        document.values = { ...document.values, ...readValues(exchange) };
        document.updatedAt = services.world.now();
        return json(200, view(state, document, exchange));
      }),
    ],
    [
      'DELETE',
      host,
      one,
      use((document, state, exchange) => {
        documentsOf(services, state, collection(exchange)).remove(document.sid);
        return empty(204);
      }),
    ],
  ];
}

/** Parameters by the names that answers use: `FriendlyName` → `friendly_name`, `Binding.Address` → nested. */
function readValues(exchange: Exchange): Record<string, unknown> {
  if (/json/.test(exchange.headers['content-type'] ?? '')) return { ...readJson(exchange) };
  const fields = readForm(exchange.body.toString());
  const values: Record<string, unknown> = {};
  for (const name of fields.names()) {
    const all = fields.all(name);
    const value = all.length > 1 ? all : all[0];
    const [outer = '', inner] = name.split('.');
    if (inner === undefined) values[snake(outer)] = value;
    else values[snake(outer)] = { ...(values[snake(outer)] as object | undefined), [snake(inner)]: value };
  }
  return values;
}

const snake = (name: string): string =>
  name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `_${letter}`).toLowerCase();

interface Shown {
  readonly state: TwilioState;
  readonly document: Document;
  readonly exchange: Exchange;
  readonly path: string;
  readonly old: boolean;
}

function documentView({ state, document, exchange, path, old }: Shown): unknown {
  const { sid, createdAt, updatedAt, values } = document;
  const date = old ? rfc2822 : iso;
  const own = `${path}/${sid}`;
  return {
    ...values,
    sid,
    account_sid: state.account.id,
    date_created: date(createdAt),
    date_updated: date(updatedAt),
    ...(old ? { uri: `${own}.json` } : { url: exchange.origin + own, links: {} }),
  };
}
