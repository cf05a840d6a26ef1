import { empty, json, type AccountRequest, type Exchange, type InboundEvent, type Reply } from './core.ts';
import { faultProblem, type FaultSpec } from './faults.ts';
import { readForm, readJson, text, type JsonObject } from './fields.ts';
import { OUTCOMES } from './outcomes.ts';
import type { Sandbox } from './sandbox.ts';

type Controlled = Omit<Sandbox, 'listen'>;
type ControlHandler = (sandbox: Controlled, exchange: Exchange) => Reply | Promise<Reply>;

const LOOPBACK_HOSTS = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])(:\d+)?$/;

/** `GET` answers what is there; `POST` takes a JSON object. */
const HANDLERS: Readonly<Record<string, ControlHandler>> = {
  'GET /_sandbox/': () => json(200, Object.keys(HANDLERS)),
  'GET /_sandbox/accounts': ({ accounts }) => json(200, accounts.list()),
  'POST /_sandbox/accounts': ({ accounts }, exchange) => {
    const request = readJson(exchange);
    if (request === null || text(request, 'vendor') === undefined) return wrong('vendor is missing');
    return json(201, accounts.create(request as unknown as AccountRequest));
  },
  'GET /_sandbox/bill': ({ bill }, exchange) => json(200, bill.rows(rowQuery(exchange))),
  'GET /_sandbox/bill/totals': ({ bill }) => json(200, bill.totals()),
  'GET /_sandbox/bill/csv': ({ bill }) => ({
    status: 200,
    headers: { 'content-type': 'text/csv; charset=utf-8' },
    body: Buffer.concat([...bill.csv()].map((piece) => Buffer.from(piece))),
  }),
  'GET /_sandbox/prices': ({ prices }, exchange) =>
    json(200, prices.records(readForm(exchange.query).get('vendor'))),
  'GET /_sandbox/faults': ({ faults }) => json(200, faults.list()),
  'POST /_sandbox/faults': ({ faults }, exchange) => {
    const spec = readJson(exchange) ?? {};
    const problem = faultProblem(spec);
    if (problem !== null) return wrong(problem);
    return json(201, faults.add(spec as unknown as FaultSpec));
  },
  'DELETE /_sandbox/faults': ({ faults }, exchange) => {
    const id = readForm(exchange.query).get('id');
    if (id === undefined) faults.clear();
    else faults.remove(id);
    return empty(204);
  },
  'GET /_sandbox/requests': ({ requests }, exchange) =>
    json(200, requests.list(Number(readForm(exchange.query).get('after') ?? 0))),
  'GET /_sandbox/webhooks': (sandbox) => json(200, sandbox.webhooks()),
  'GET /_sandbox/verifications': (sandbox) =>
    json(
      200,
      sandbox.verifications().map(({ account, ...rest }) => ({ ...rest, account: account.id })),
    ),
  'POST /_sandbox/outcomes': ({ outcomes }, exchange) => {
    const request = readJson(exchange) ?? {};
    const prefix = text(request, 'prefix');
    if (prefix === undefined) return wrong('prefix is missing');
    const asked = text(request, 'outcome') ?? null;
    const outcome = OUTCOMES.find((one) => one === asked) ?? null;
    if (asked !== outcome) return wrong(`outcome is one of ${OUTCOMES.join(', ')}, or null`);
    outcomes.set(prefix, outcome);
    return empty(204);
  },
  'GET /_sandbox/settings': ({ settings }) => json(200, settings),
  'POST /_sandbox/settings': ({ settings }, exchange) => {
    const problem = changeSettings(settings as unknown as Record<string, unknown>, readJson(exchange) ?? {});
    return problem === null ? json(200, settings) : wrong(problem);
  },
  'POST /_sandbox/advance': async (sandbox, exchange) => {
    const milliseconds = readJson(exchange)?.['milliseconds'];
    if (typeof milliseconds !== 'number' || !(milliseconds >= 0)) return wrong('milliseconds is missing');
    await sandbox.advance(milliseconds);
    return empty(204);
  },
  'POST /_sandbox/idle': async (sandbox) => {
    await sandbox.idle();
    return empty(204);
  },
  'POST /_sandbox/inbound': async (sandbox, exchange) => {
    const event = readJson(exchange);
    if (event === null) return wrong('an inbound event is missing');
    return json(200, await sandbox.inbound(event as unknown as InboundEvent));
  },
};

/** The HTTP form of the control functions. */
export function createControl(sandbox: Controlled): (exchange: Exchange) => Promise<Reply> {
  return async (exchange) => {
    if (!fromThisMachine(exchange)) return json(403, { error: 'the control API is for this machine only' });
    const handler = HANDLERS[`${exchange.method} ${exchange.path}`];
    return handler === undefined ? json(404, { error: 'no such control path' }) : handler(sandbox, exchange);
  };
}

/** A web page must not reach the credentials: neither by a rebound name nor by a form that needs no preflight. */
function fromThisMachine({ headers, method }: Exchange): boolean {
  if (!LOOPBACK_HOSTS.test(headers.host ?? '') || headers.origin !== undefined) return false;
  return (
    method === 'GET' || method === 'DELETE' || /^application\/json\b/.test(headers['content-type'] ?? '')
  );
}

function rowQuery({ query }: Exchange) {
  const fields = readForm(query);
  const vendor = fields.get('vendor');
  const account = fields.get('account');
  return {
    from: Number(fields.get('from') ?? 0),
    limit: Number(fields.get('limit') ?? 1000),
    plain: fields.get('plain') === 'true',
    ...(vendor === undefined ? {} : { vendor }),
    ...(account === undefined ? {} : { account }),
  };
}

/** Sets those that exist and have the right kind; names the first that has not. */
function changeSettings(settings: Record<string, unknown>, changes: JsonObject): string | null {
  for (const [name, value] of Object.entries(changes))
    if (!Object.hasOwn(settings, name) || typeof value !== typeof settings[name])
      return `${name} is not a setting`;
  Object.assign(settings, changes);
  return null;
}

function wrong(problem: string): Reply {
  return json(400, { error: problem });
}
