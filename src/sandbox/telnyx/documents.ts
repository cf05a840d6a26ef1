import { itemLimit, json, type Exchange, type Reply } from '../core.ts';
import { readJson, text, type JsonObject } from '../fields.ts';
import { logFor, type Log } from '../log.ts';
import type { Route } from '../router.ts';
import {
  isoTime,
  listPage,
  notFound,
  type TelnyxDocument,
  type TelnyxServices,
  type TelnyxState,
} from './state.ts';

const API = 'api.telnyx.com';
const KINDS = [
  'messaging_profiles',
  'verify_profiles',
  'call_control_applications',
  'outbound_voice_profiles',
  'billing_groups',
];

/** Profiles and applications: kept as they were sent. */
export function documentRoutes(services: TelnyxServices): readonly Route<TelnyxState>[] {
  return KINDS.flatMap((kind): Route<TelnyxState>[] => {
    const one =
      (use: (document: TelnyxDocument, state: TelnyxState, exchange: Exchange) => Reply) =>
      (state: TelnyxState, exchange: Exchange): Reply => {
        const found = documentsOf(services, state, kind).get(exchange.params['id'] ?? '');
        return found === undefined ? notFound() : use(found, state, exchange);
      };
    const data = (document: TelnyxDocument) => json(200, { data: view(kind, document) });
    return [
      [
        'POST',
        API,
        `/v2/${kind}`,
        (state, exchange) => data(addDocument(services, state, kind, readJson(exchange) ?? {})),
      ],
      [
        'GET',
        API,
        `/v2/${kind}`,
        (state, exchange) =>
          listPage(exchange, documentsOf(services, state, kind).all().toReversed(), (document) =>
            view(kind, document),
          ),
      ],
      ['GET', API, `/v2/${kind}/{id}`, one(data)],
      [
        'PATCH',
        API,
        `/v2/${kind}/{id}`,
        one((document, _state, exchange) => {
          document.values = { ...document.values, ...readJson(exchange) };
          return data(document);
        }),
      ],
      [
        'DELETE',
        API,
        `/v2/${kind}/{id}`,
        one((document, state) => {
          documentsOf(services, state, kind).remove(document.id);
          return data(document);
        }),
      ],
    ];
  });
}

function documentsOf({ world }: TelnyxServices, state: TelnyxState, kind: string): Log<TelnyxDocument> {
  return logFor(
    state.documents,
    kind,
    ({ id }) => id,
    () => itemLimit(world.settings),
  );
}

export function addDocument(
  services: TelnyxServices,
  state: TelnyxState,
  kind: string,
  values: JsonObject,
): TelnyxDocument {
  const { ids, now } = services.world;
  const document = { id: ids.uuid(), createdAt: now(), values };
  documentsOf(services, state, kind).add(document);
  return document;
}

/** A webhook URL that a profile or application is configured with; empty when there is none. */
export function documentUrl(state: TelnyxState, kind: string, id: string, name: string): string {
  const document = state.documents.get(kind)?.get(id);
  return document === undefined ? '' : (text(document.values, name) ?? '');
}

function view(kind: string, { id, createdAt, values }: TelnyxDocument): unknown {
  const time = isoTime(createdAt);
  return { ...values, id, record_type: kind.replace(/s$/, ''), created_at: time, updated_at: time };
}
