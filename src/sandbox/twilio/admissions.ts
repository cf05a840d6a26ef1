import { json, type Exchange, type Reply } from '../core.ts';
import { readForm } from '../fields.ts';
import { twilioError } from './errors.ts';
import { newState, type TwilioServices, type TwilioState } from './state.ts';

/** A credential that is accepted. */
export interface Admission {
  readonly state: TwilioState;
  readonly name: string;
  /** Wall time; null: until withdrawn. */
  readonly until: number | null;
}

/** Who may come in: by `Authorization` header, and OAuth clients that may ask for a bearer token. */
export interface Admissions {
  readonly byHeader: Map<string, Admission>;
  readonly clients: Map<string, { readonly secret: string; readonly state: TwilioState }>;
}

const TOKEN_SECONDS = 3600;

export function createServices(world: TwilioServices['world'], { byHeader }: Admissions): TwilioServices {
  const states = new Map<string, TwilioState>();
  const services: TwilioServices = {
    world,
    states,
    admit: (state, name, user, password) =>
      void byHeader.set(basic(user, password), { state, name, until: null }),
    withdraw: (user, password) => void byHeader.delete(basic(user, password)),
    openAccount(parent, request) {
      const state = newState(world, parent, request);
      states.set(state.account.id, state);
      services.admit(state, 'authToken', state.account.id, state.authToken);
      return state;
    },
  };
  return services;
}

/** The credential of a request; null when it is not accepted (any more). */
export function admit({ byHeader }: Admissions, { headers }: Exchange, now: number): Admission | null {
  const header = headers.authorization ?? '';
  const admission = byHeader.get(header);
  if (admission === undefined) return null;
  if (admission.until === null || now <= admission.until) return admission;
  byHeader.delete(header);
  return null;
}

/** OAuth client credentials of an organisation's app: a bearer token for an hour. */
export function issueToken(
  { world }: TwilioServices,
  { byHeader, clients }: Admissions,
  { body }: Exchange,
): Reply {
  const fields = readForm(body.toString());
  const client = clients.get(fields.get('client_id') ?? '');
  if (client === undefined || client.secret !== fields.get('client_secret')) return twilioError(401, 20003);
  const token = `sandbox.${world.ids.alphanumeric(43)}`;
  const until = world.now() + TOKEN_SECONDS * 1000;
  byHeader.set(`Bearer ${token}`, { state: client.state, name: 'oauth', until });
  return json(200, { access_token: token, token_type: 'Bearer', expires_in: TOKEN_SECONDS });
}

const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
