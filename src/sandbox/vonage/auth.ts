import { timingSafeEqual } from 'node:crypto';
import type { Exchange } from '../core.ts';
import { readForm, readJson, text, type Fields } from '../fields.ts';
import { inTime, readToken, signedByKey } from '../jwt.ts';
import { smsSignature } from './signing.ts';
import type { Application, VonageServices, VonageState } from './state.ts';

export interface Admission {
  readonly state: VonageState;
  readonly name: string;
  /** Set when a token of an application was used. */
  readonly application: Application | undefined;
}

/** Keys and secrets that are accepted, as `Authorization` header and as parameters. */
export interface Doors {
  readonly byHeader: Map<string, Admission>;
  readonly bySecret: Map<string, Admission>;
}

const REMEMBERED = 2000;

/** Finds out who asks, in every way that the vendor accepts: Basic, RS256 token, key and secret or signature as parameters. */
export function createAuthenticator(
  services: VonageServices,
  { byHeader, bySecret }: Doors,
): (exchange: Exchange) => Admission | null {
  const checked = new Map<string, Admission>();

  function byToken(header: string, now: number): Admission | null {
    const token = readToken(header.slice('Bearer '.length));
    if (token === null || !inTime(token, now)) return null;
    const known = checked.get(header);
    if (known !== undefined) return known;
    const found = services.applications.get(text(token.claims, 'application_id') ?? '');
    if (found === undefined || !signedByKey(token, found.application.publicKey)) return null;
    const admission = {
      state: found.state,
      name: `application ${found.application.id}`,
      application: found.application,
    };
    if (checked.size >= REMEMBERED) checked.clear();
    checked.set(header, admission);
    return admission;
  }

  return (exchange) => {
    const header = exchange.headers.authorization;
    if (header?.startsWith('Bearer ') === true) {
      const admission = byToken(header, services.world.now());
      // A deleted or re-keyed application is noticed although its token was checked before.
      const live = services.applications.get(admission?.application?.id ?? '');
      return live?.application === admission?.application ? admission : null;
    }
    if (header !== undefined) return byHeader.get(header) ?? null;
    return byParameters(services, bySecret, exchange);
  };
}

function byParameters(
  services: VonageServices,
  bySecret: ReadonlyMap<string, Admission>,
  exchange: Exchange,
): Admission | null {
  const parameters = readParameters(exchange);
  const key = parameters['api_key'] ?? '';
  const secret = parameters['api_secret'];
  if (secret !== undefined) return bySecret.get(`${key} ${secret}`) ?? null;
  const state = services.states.get(key);
  const signature = parameters['sig'];
  if (state === undefined || signature === undefined) return null;
  const expected = Buffer.from(smsSignature(parameters, state.signatureSecret));
  const given = Buffer.from(signature.toLowerCase());
  if (expected.length !== given.length || !timingSafeEqual(expected, given)) return null;
  return { state, name: 'signature', application: undefined };
}

/** Parameters of query and body together; the older APIs take them from anywhere. */
export function readParameters(exchange: Exchange): Record<string, string> {
  const parameters: Record<string, string> = {};
  const take = (fields: Fields) => {
    for (const name of fields.names()) parameters[name] = fields.get(name) ?? '';
  };
  if (exchange.query !== '') take(readForm(exchange.query));
  if (exchange.body.length === 0) return parameters;
  // By content: the Python SDK labels forms as JSON once it has sent JSON.
  const object = readJson(exchange);
  if (object === null) take(readForm(exchange.body.toString()));
  for (const [name, value] of Object.entries(object ?? {}))
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean')
      parameters[name] = String(value);
  return parameters;
}
