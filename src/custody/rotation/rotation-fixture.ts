import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { Secret } from '../../kernel/secret.ts';
import type { OpenAccount } from '../../vendors/custody-adapter.ts';
import type { SecretRotation } from '../../vendors/management-adapter.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import type { WireRequest, WireResponse } from '../../vendors/wire.ts';
import { createAccounts, type Accounts } from '../accounts.ts';
import { acme, custodyFixture } from '../custody-fixture.ts';
import { openAccount } from '../open.ts';
import { createRotations, type RotationRequest, type Rotations, type RotationsOptions } from './rotations.ts';

/** How the made-up vendor manages its secrets. */
export type Style = 'chosen' | 'keys' | 'second';

/** A vendor whose tokens are made, listed, promoted and ended by requests of this form. */
export interface FakeVendor {
  /** Live tokens by id. */
  readonly tokens: Map<string, { readonly token: string; readonly label: string | null }>;
  readonly requests: string[];
  /** Asked before each request: an answer in its place, or nothing. `after`: the vendor acts, and then this is answered. */
  intercept: (what: string) => { readonly status: number; readonly after?: boolean } | null;
  /** Answers; a test may put silence in its place. */
  send(wire: WireRequest): Promise<WireResponse>;
}

const path = (...segments: readonly string[]) => ({ path: `/${segments.join('/')}`, segments });

function request(account: OpenAccount, method: string, ...segments: readonly string[]): WireRequest {
  const token = account.secrets['token']?.reveal() ?? '';
  return {
    method,
    host: 'api.acme.example',
    ...path(...segments),
    query: '',
    headers: { authorization: `Bearer ${token}` },
    body: Buffer.alloc(0),
  };
}

/** The adapter's part in each style. */
function rotationOf(style: Style): SecretRotation {
  const base: SecretRotation = {
    signsWebhooks: style === 'second',
    test: (account) => ({ request: request(account, 'GET', 'me'), accepts: ({ status }) => status === 200 }),
    list:
      style === 'second'
        ? null
        : {
            request: (account) => request(account, 'GET', 'tokens'),
            read: ({ status, body }) =>
              status === 200
                ? (JSON.parse(body.toString()) as { readonly id: string; readonly label: string | null }[])
                : null,
          },
    create: (account, label, { token }) =>
      request(
        account,
        'POST',
        'tokens',
        encodeURIComponent(label),
        token instanceof Secret ? token.reveal() : '',
      ),
    readCreated({ status, body }) {
      if (status !== 201) return null;
      const { id, token } = JSON.parse(body.toString()) as { readonly id: string; readonly token: string };
      return { id: style === 'second' ? null : id, values: { token: new Secret(token) } };
    },
    explain: (status) => (status === 403 ? 'There are two already.' : null),
    withdraw: (account, id) => request(account, 'DELETE', 'tokens', id ?? 'second'),
    retire: (account, { known }) =>
      style === 'second'
        ? request(account, 'POST', 'promote')
        : request(account, 'DELETE', 'tokens', known[0] ?? ''),
  };
  return style === 'chosen'
    ? { ...base, choose: (fresh) => ({ token: new Secret(`chosen${fresh.reveal()}`) }) }
    : base;
}

function createFakeVendor(style: Style): FakeVendor {
  const tokens: FakeVendor['tokens'] = new Map([['first', { token: 'realtoken', label: null }]]);
  let made = 0;
  const answer = (status: number, body: unknown = ''): WireResponse => ({
    status,
    headers: {},
    body: Buffer.from(JSON.stringify(body)),
  });

  function create(label: string, chosen: string): WireResponse {
    if (style === 'chosen' && tokens.size >= 2) return answer(403);
    made += 1;
    const id = style === 'second' ? 'second' : `id${made}`;
    const token = chosen === '' ? `vendortoken${made}` : chosen;
    tokens.set(id, { token, label: decodeURIComponent(label) });
    return answer(201, { id, token });
  }

  function act({ method, segments: [noun = '', one = '', other = ''], headers }: WireRequest): WireResponse {
    const bearer = headers['authorization']?.slice('Bearer '.length);
    if (![...tokens.values()].some(({ token }) => token === bearer)) return answer(401);
    if (noun === 'me') return answer(200);
    if (noun === 'promote') {
      const second = tokens.get('second');
      if (second === undefined) return answer(404);
      tokens.delete('second');
      tokens.set('first', second);
      return answer(200);
    }
    if (method === 'GET')
      return answer(
        200,
        Array.from(tokens, ([id, { label }]) => ({ id, label })),
      );
    if (method === 'POST') return create(one, other);
    return answer(tokens.delete(one) ? 204 : 404);
  }

  const vendor: FakeVendor = {
    tokens,
    requests: [],
    intercept: () => null,
    send(wire) {
      const what = `${wire.method} ${wire.segments[0] ?? ''}`;
      vendor.requests.push(what);
      const instead = vendor.intercept(what);
      if (instead === null) return Promise.resolve(act(wire));
      if (instead.after === true) act(wire);
      return Promise.resolve(answer(instead.status));
    },
  };
  return vendor;
}

export interface RotationWorld {
  readonly vendor: FakeVendor;
  readonly acts: string[];
  /** Who did each act. */
  readonly actors: string[];
  /** What the journal says of each act. */
  readonly details: Readonly<Record<string, unknown>>[];
  readonly incidents: string[];
  /** What the data plane would send with now. */
  inUse(): Promise<string>;
  /** Says what the data plane counts. */
  refusals: number;
  /** Called before each effect; throwing in it is the end of the process. */
  beforeEffect: () => void;
  /** A process: its services over the same store. */
  open(): Rotations;
  openAccounts(): Accounts;
  readonly lock: RotationsOptions['lock'];
  readonly accounts: RotationsOptions['accounts'];
  /** Advances by sleeping: nothing in this world waits. */
  readonly now: () => number;
}

export async function rotationWorld(style: Style): Promise<RotationWorld> {
  const { clock, options } = await custodyFixture();
  const vendor = createFakeVendor(style);
  const definition = {
    ...acme,
    management: { rotations: { token: rotationOf(style) }, guides: { extra: ['Do it by hand.'] } },
  } as Pick<Vendor, 'custody' | 'facts' | 'management'>;
  const effect = <T>(work: () => Promise<T>): Promise<T> => {
    world.beforeEffect();
    return work();
  };
  const settings: RotationsOptions['settings'] = {
    ...options.settings,
    put: (name, value) => effect(async () => options.settings.put(name, value)),
  };
  const vendorOf = (id: string) => (id === 'acme' ? definition : null);
  const sealers = { sealer: options.sealerOf('account'), settingSealer: options.sealerOf('setting') };
  const send: RotationsOptions['send'] = (wire) => effect(async () => vendor.send(wire));
  const announce = () => effect(async () => {});
  const world: RotationWorld = {
    vendor,
    lock: options.lock,
    accounts: options.accounts,
    acts: [],
    actors: [],
    details: [],
    incidents: [],
    refusals: 0,
    beforeEffect: () => {},
    now: () => clock.wallTime,
    async inUse() {
      const record = await options.accounts.get('account_1');
      return record === null
        ? ''
        : (openAccount(options.sealerOf('account'), record).secrets['token']?.reveal() ?? '');
    },
    openAccounts: () => createAccounts({ ...options, ...sealers, settings, vendorOf, send, announce }),
    open() {
      const accounts = world.openAccounts();
      return createRotations({
        ...sealers,
        accounts: options.accounts,
        settings,
        vendorOf,
        send,
        lock: options.lock,
        index: options.index,
        commit: (id) => accounts.commit(id),
        refusals: () => Promise.resolve(world.refusals),
        record: ({ act, actor, detail }) =>
          effect(async () => {
            world.acts.push(act);
            world.actors.push(actor);
            world.details.push(detail);
          }),
        incident: (what) => effect(async () => void world.incidents.push(what)),
        onSettled: () => {},
        clock,
        random: randomBytes,
        sleep(milliseconds, signal) {
          clock.wallTime += milliseconds;
          return signal.aborted ? Promise.reject(new Error('stopped')) : Promise.resolve();
        },
      });
    },
  };
  return world;
}

export const STYLES: readonly Style[] = ['chosen', 'keys', 'second'];
export const REQUEST: RotationRequest = {
  account: 'account_1',
  secret: 'token',
  actor: 'ada',
  reason: 'asked',
};

/** Rotates, and waits for the end. */
export async function rotate(world: RotationWorld, change: Partial<RotationRequest> = {}) {
  const rotations = world.open();
  const answer = await rotations.start({ ...REQUEST, ...change });
  assert.equal(answer.kind, 'rotation');
  const record = await rotations.settled('account_1');
  assert.ok(record !== null);
  return { rotations, record };
}

/** The tokens that the vendor accepts. */
export const live = ({ vendor }: RotationWorld) => [...vendor.tokens.values()].map(({ token }) => token);
