import { micros, type Micros } from '../../kernel/money.ts';
import { decimalText } from '../amounts.ts';
import type { Usage } from '../bill.ts';
import { json, type Exchange, type Reply } from '../core.ts';
import { readForm } from '../fields.ts';
import { logOf } from '../log.ts';
import type { Route } from '../router.ts';
import { notFound } from './errors.ts';
import { list2010 } from './pages.ts';
import { API_VERSION, rfc2822, type TwilioServices, type TwilioState } from './state.ts';

const API = 'api.twilio.com';
const ACCOUNTS = '/2010-04-01/Accounts';
/** What every account starts with, in its own currency. */
export const OPENING_BALANCE = 1_000_000_000_000 as Micros;

export function accountRoutes(services: TwilioServices): readonly Route<TwilioState>[] {
  const { world, states } = services;
  const visible = (state: TwilioState) =>
    [...states.values()].filter((one) => one === state || one.parent === state);
  return [
    [
      'POST',
      API,
      `${ACCOUNTS}.json`,
      (state, { body }) => {
        const friendlyName = readForm(body.toString()).get('FriendlyName') ?? 'SubAccount';
        const child = services.openAccount(state, { friendlyName, currency: state.account.currency });
        return json(200, accountView(child));
      },
    ],
    [
      'GET',
      API,
      `${ACCOUNTS}.json`,
      (state, exchange) => {
        const log = logOf(visible(state), ({ account }) => account.id);
        return list2010(exchange, { log, key: 'accounts', view: accountView });
      },
    ],
    ['GET', API, `${ACCOUNTS}/{account}.json`, (state) => json(200, accountView(state))],
    [
      'POST',
      API,
      `${ACCOUNTS}/{account}.json`,
      (state, { body }) => {
        const fields = readForm(body.toString());
        const status = fields.get('Status');
        state.friendlyName = fields.get('FriendlyName') ?? state.friendlyName;
        if (status === 'active' || status === 'suspended' || status === 'closed') state.status = status;
        return json(200, accountView(state));
      },
    ],
    [
      'GET',
      API,
      `${ACCOUNTS}/{account}/Balance.json`,
      (state) =>
        json(200, {
          account_sid: state.account.id,
          balance: decimalText(micros(OPENING_BALANCE - world.bill.charged(state.account)), 5),
          currency: state.account.currency,
        }),
    ],
    ['POST', API, `${ACCOUNTS}/{account}/Tokens.json`, (state) => turnToken(services, state)],
    [
      'GET',
      API,
      `${ACCOUNTS}/{account}/Usage/Records.json`,
      (state, exchange) => usage(services, state, { exchange, period: 'AllTime' }),
    ],
    [
      'GET',
      API,
      `${ACCOUNTS}/{account}/Usage/Records/{period}.json`,
      (state, exchange) => usage(services, state, { exchange, period: exchange.params['period'] ?? '' }),
    ],
  ];
}

/** The vendor really answers with the secret of the account. */
function accountView({ account, parent, friendlyName, status, authToken }: TwilioState): unknown {
  return {
    sid: account.id,
    auth_token: authToken,
    owner_account_sid: parent?.account.id ?? account.id,
    friendly_name: friendlyName,
    status,
    type: 'Full',
    date_created: rfc2822(account.createdAt),
    date_updated: rfc2822(account.createdAt),
    uri: `/${API_VERSION}/Accounts/${account.id}.json`,
    subresource_uris: { messages: `/${API_VERSION}/Accounts/${account.id}/Messages.json` },
  };
}

function turnToken({ world }: TwilioServices, state: TwilioState): Reply {
  const [username, password] = [world.ids.hex(64), world.ids.hex(43)];
  const server = 'turn:global.turn.twilio.com:3478?transport=udp';
  return json(201, {
    account_sid: state.account.id,
    username,
    password,
    ttl: '86400',
    ice_servers: [{ url: server, urls: server, username, credential: password }],
    date_created: rfc2822(world.now()),
    date_updated: rfc2822(world.now()),
  });
}

/** Item of the price book → usage category. */
const CATEGORIES: readonly (readonly [start: string, category: string])[] = [
  ['message.send/sms', 'sms-outbound'],
  ['message.send/mms', 'mms-outbound'],
  ['message.send', 'channels-messaging-outbound'],
  ['call.recording', 'recordings'],
  ['call.', 'calls-outbound'],
  ['verify.', 'verify-totals'],
  ['lookup', 'lookups'],
  ['number.buy', 'phonenumbers'],
];

interface Line {
  readonly id: string;
  readonly category: string;
  readonly from: string;
  readonly to: string;
  count: number;
  units: number;
  amount: number;
}

const DAY_PERIODS = new Set(['Daily', 'Today', 'Yesterday']);

function usage(
  { world }: TwilioServices,
  state: TwilioState,
  { exchange, period }: { readonly exchange: Exchange; readonly period: string },
): Reply {
  const range = periodRange(period, world.now());
  if (range === null) return notFound(exchange.path);
  const fields = readForm(exchange.query);
  const start = fields.get('StartDate') ?? range[0];
  const end = fields.get('EndDate') ?? range[1];
  const days = world.bill.usage(state.account).filter(({ day }) => day >= start && day <= end);
  const lines = linesOf(days, { start, end, byDay: DAY_PERIODS.has(period) });
  const category = fields.get('Category');
  return list2010(exchange, {
    log: logOf(lines, ({ id }) => id),
    key: 'usage_records',
    view: (line) => usageView(state, line, world.now()),
    accept: category === undefined ? undefined : (line) => line.category === category,
  });
}

/** First and last UTC day. Null: no such period. */
function periodRange(period: string, now: number): readonly [string, string] | null {
  const day = (offset: number) => new Date(now - offset * 86_400_000).toISOString().slice(0, 10);
  const today = day(0);
  switch (period) {
    case 'Today':
      return [today, today];
    case 'Yesterday':
      return [day(1), day(1)];
    case 'ThisMonth':
      return [`${today.slice(0, 7)}-01`, today];
    case 'Daily':
    case 'AllTime':
      return ['2010-01-01', today];
    default:
      return null;
  }
}

interface Span {
  readonly start: string;
  readonly end: string;
  readonly byDay: boolean;
}

function linesOf(days: readonly Usage[], { start, end, byDay }: Span): Iterable<Line> {
  const lines = new Map<string, Line>();
  for (const { item, day, count, units, amount } of days) {
    const own = CATEGORIES.find(([prefix]) => item.startsWith(prefix))?.[1] ?? 'other';
    for (const category of [own, 'totalprice']) {
      const id = byDay ? `${day} ${category}` : category;
      const [from, to] = byDay ? [day, day] : [start, end];
      const line = lines.get(id) ?? { id, category, from, to, count: 0, units: 0, amount: 0 };
      line.count += count;
      line.units += units;
      line.amount += amount;
      lines.set(id, line);
    }
  }
  return lines.values();
}

function usageView(state: TwilioState, line: Line, now: number): unknown {
  const total = line.category === 'totalprice';
  const price = decimalText(micros(line.amount), 5);
  return {
    account_sid: state.account.id,
    api_version: API_VERSION,
    as_of: `${new Date(now).toISOString().slice(0, 19)}+00:00`,
    category: line.category,
    count: String(line.count),
    count_unit: 'records',
    description: line.category,
    start_date: line.from,
    end_date: line.to,
    price,
    price_unit: state.account.currency.toLowerCase(),
    usage: total ? price : String(line.units),
    usage_unit: total ? state.account.currency.toLowerCase() : 'units',
    uri: `/${API_VERSION}/Accounts/${state.account.id}/Usage/Records.json?Category=${line.category}`,
  };
}
