import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPriceFile } from '../guard/prices/read-price-file.ts';
import { RingfenceError } from '../kernel/errors.ts';
import { isCountry } from '../kernel/numbering/countries.ts';
import type { PriceRecord } from '../store/records.ts';
import { createAdminApi } from './admin-api.ts';
import { createTokenCheck, hashToken } from './authenticate.ts';
import { pathOf, PATHS, type RouteId } from './paths.ts';
import { ROUTES } from './contract.ts';
import type { AdminServices } from './services/all.ts';

const TOKEN = 'token-of-the-test';
const leaky = { id: 'account_1', sealed: 'rfs1.sealed', name: 'main', vendor: 'acme', fields: {} };
const record = { ...leaky, upstream: null, currency: 'EUR', createdAt: 0, testedAt: null };
const seen: string[] = [];
const priced: (string | null)[] = [];

const asked: unknown[] = [];

const services = {
  keys: {
    page(after: string | null, limit: number) {
      asked.push([after, limit]);
      return Promise.resolve([]);
    },
    find: (reference: string) =>
      Promise.resolve(['key_7', 'cron'].includes(reference) ? [{ id: 'key_7', name: 'cron' }] : []),
  },
  vendors: [{ id: 'acme' }, { id: 'rival' }],
  accounts: { list: () => Promise.resolve([record]) },
  apps: {
    list: () => Promise.reject(new Error('password hunter2')),
    create: (name: string, actor: string) => {
      seen.push(actor);
      return name === 'taken'
        ? Promise.reject(new RingfenceError('conflict'))
        : Promise.resolve({ id: 'app_1', name, createdAt: 0 });
    },
  },
  prices: {
    readFile: readPriceFile,
    put(rows: readonly PriceRecord[]) {
      priced.push(...rows.map(({ account }) => account));
      return Promise.resolve(rows.length);
    },
  },
  budgets: {
    put: (budget: object) => Promise.resolve({ ...budget, id: 'budget_1', createdAt: 0 }),
  },
  kills: {
    put: (kill: object) =>
      Promise.resolve({ ...kill, id: 'kill_1', actor: 'admin', createdAt: 0, kept: 'store' }),
  },
  system: { ready: () => Promise.resolve(false) },
} as unknown as AdminServices;

const authenticate = createTokenCheck(() => Promise.resolve(hashToken(TOKEN)));
const api = createAdminApi({ services, authenticate });
const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
const post = (body: string, more: Record<string, string> = {}) =>
  api.request('/v1/apps', { method: 'POST', body, headers: { ...headers, ...more } });
const codeOf = async (response: Response) => ((await response.json()) as { readonly code: string }).code;

test('every route but the two of health refuses to answer without the token', async () => {
  for (const id of Object.keys(PATHS) as RouteId[]) {
    if (id.startsWith('health.')) continue;
    const { method, path } = pathOf(id);
    for (const authorization of ['', 'Bearer wrong', `Basic ${TOKEN}`, `Bearer ${TOKEN}x`]) {
      const response = await api.request(path, { method, headers: { authorization } });
      assert.equal(response.status, 401, `${id} with ${authorization}`);
      assert.equal(response.headers.get('www-authenticate'), 'Bearer');
    }
  }
  assert.equal((await api.request('/healthz')).status, 200);
  assert.equal((await api.request('/readyz')).status, 503);
});

test('keys are listed a page at a time, however many are asked for', async () => {
  assert.equal((await api.request('/v1/keys', { headers })).status, 200);
  assert.equal((await api.request('/v1/keys?after=key_7&limit=5', { headers })).status, 200);
  assert.deepEqual(asked, [
    [null, 1000],
    ['key_7', 5],
  ]);
  assert.equal((await api.request('/v1/keys?limit=100000', { headers })).status, 400);
});

test('a page after no key is refused: an empty one would say that there are no more', async () => {
  for (const after of ['key_8', 'cron', ''])
    assert.equal(await codeOf(await api.request(`/v1/keys?after=${after}`, { headers })), 'input_invalid');
});

test('nobody gets in while no token is kept', async () => {
  assert.equal(await createTokenCheck(() => Promise.resolve(null))(''), null);
});

test('an answer holds what the contract names: the sealed text stays', async () => {
  const text = await (await api.request('/v1/accounts', { headers })).text();
  assert.ok(text.includes('account_1') && !text.includes('sealed'), text);
});

test('an error that is not ours tells nothing', async () => {
  const response = await api.request('/v1/apps', { headers });
  assert.equal(response.status, 500);
  assert.equal(response.headers.get('content-type'), 'application/problem+json');
  assert.ok(!(await response.text()).includes('hunter2'));
});

test('input that is not what the route wants is refused, without repeating it', async () => {
  for (const body of ['{"name":"a","token":"hunter2"}', '["hunter2"]', '{"name":hunter2}', 'null', '{}']) {
    const response = await post(body);
    assert.equal(response.status, 400, body);
    assert.ok(!(await response.text()).includes('hunter2'), body);
  }
  assert.equal((await post('{"name":"a"}', { 'content-type': 'text/plain' })).status, 400);
  assert.equal((await api.request('/v1/ledger?limit=1&limit=2', { headers })).status, 400);
});

const putBudget = (given: object) => {
  const body = JSON.stringify({ currency: 'EUR', limit: '1', window: { kind: 'day' }, ...given });
  return api.request('/v1/budgets/daily', { method: 'PUT', body, headers });
};
const letters = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'];
const pairs = letters.flatMap((one) => letters.map((other) => one + other));

test('a member that the path names may not stand in body or query as well', async () => {
  const details = [await putBudget({ name: 'monthly' }), await putBudget({ name: 'daily' })];
  details.push(await api.request('/v1/apps/shop?app=other', { method: 'DELETE', headers }));
  for (const response of details) assert.equal(response.status, 400);
  assert.equal((await putBudget({})).status, 200);
});

test('a body that is not Unicode is refused: a credential of it would be sealed with other letters', async () => {
  const latin = Buffer.from('{"name":"caf\u00e9"}', 'latin1');
  const init = { method: 'POST', headers };
  assert.equal(await codeOf(await api.request('/v1/apps', { ...init, body: latin })), 'input_invalid');
  const kill = (reason: string) =>
    api.request('/v1/kills', { ...init, body: `{"scope":"country","target":"GB","reason":"${reason}"}` });
  assert.equal(await codeOf(await kill(String.raw`half \ud83d`)), 'input_invalid');
  assert.equal(await codeOf(await kill(String.raw`\\\udd25 half`)), 'input_invalid');
  for (const whole of ['🔥', String.raw`\ud83d\udd25`, String.raw`\\ud83d`])
    assert.equal((await kill(whole)).status, 201, whole);
});

test('a budget may name every country, and what is set is shown', async () => {
  const countries = pairs.filter(isCountry);
  const response = await putBudget({ scope: { countries } });
  assert.equal(response.status, 200);
  const { scope } = (await response.json()) as { readonly scope: unknown };
  assert.deepEqual(scope, { countries });
});

test('a budget of more names or rates than can be meant is refused, for every process reads all of them', async () => {
  for (const wrong of [
    { scope: { countries: pairs.map(() => 'GB') } },
    { scope: { actions: pairs.map(() => 'lookup') } },
    { scope: { channels: pairs.map(() => 'sms') } },
    { rates: Object.fromEntries(pairs.map((pair) => [`X${pair}`, '1'])) },
  ])
    assert.equal(await codeOf(await putBudget(wrong)), 'input_invalid', JSON.stringify(wrong).slice(0, 60));
});

test('a budget that would count nothing is refused', async () => {
  for (const wrong of [
    { scope: { actions: ['message.sent'] } },
    { scope: { channels: ['SMS'] } },
    { scope: { countries: ['de'] } },
    { scope: { countries: ['UK'] } },
    { rates: { USD: '0' } },
    { rates: { USD: '-0.9' } },
    { limit: '-1' },
  ])
    assert.equal(await codeOf(await putBudget(wrong)), 'input_invalid', JSON.stringify(wrong));
});

test('prices are of accounts by name or id; rows of what does not exist are refused', async () => {
  const importing = async (vendor: string, account: string) => {
    const text = `vendor,account,item,amount,currency\n${vendor},${account},lookup,0.01,EUR`;
    const body = JSON.stringify({ format: 'csv', text });
    return api.request('/v1/prices', { method: 'POST', body, headers });
  };
  for (const account of ['main', 'account_1', ''])
    assert.equal((await importing('acme', account)).status, 200, account);
  assert.deepEqual(priced, ['account_1', 'account_1', null]);
  assert.equal(await codeOf(await importing('Acme', '')), 'not_found');
  assert.equal(await codeOf(await importing('acme', 'other')), 'not_found');
  assert.equal(await codeOf(await importing('rival', 'main')), 'not_found');
});

test('a body beyond what the input of its route can be is refused before it is parsed', async () => {
  const nested = (size: number) => `{"name":${'['.repeat(size / 2)}${']'.repeat(size / 2)}}`;
  for (const [path, method, most, told] of [
    ['/v1/apps', 'POST', 64 * 1024, '64 KiB'],
    ['/v1/kills', 'POST', 64 * 1024, '64 KiB'],
    ['/v1/budgets/daily', 'PUT', 512 * 1024, '512 KiB'],
    ['/v1/accounts', 'POST', 512 * 1024, '512 KiB'],
    ['/v1/policy', 'PUT', 4 * 1024 * 1024, '4 MiB'],
    ['/v1/prices', 'POST', 4 * 1024 * 1024, '4 MiB'],
  ] as const) {
    const response = await api.request(path, { method, headers, body: nested(most) });
    assert.equal(response.status, 413, path);
    const { code, detail } = (await response.json()) as Readonly<Record<string, string>>;
    assert.equal(code, 'request_too_large');
    assert.equal(detail, `This route takes at most ${told} at a time.`);
  }
});

test('the largest input that a route takes fits its body', async () => {
  const names = Array.from({ length: 300 }, () => '東'.repeat(120));
  const rates = Object.fromEntries(
    pairs.slice(0, 300).map((pair) => [`RATE${pair}`, '123456789.123456789123']),
  );
  const scope = {
    apps: names,
    keys: names,
    vendors: names,
    accounts: names,
    countries: names.map(() => 'GB'),
  };
  // It is read as a whole: that nothing bears these names is found after that.
  assert.equal(await codeOf(await putBudget({ scope, rates })), 'not_found');
  const networks = Array.from({ length: 100 }, () => '東'.repeat(60));
  const put = { method: 'PUT', headers, body: JSON.stringify({ networks }) };
  assert.notEqual((await api.request('/v1/keys/key_7/networks', put)).status, 413);
  // More values than any vendor wants.
  const values = Object.fromEntries(pairs.slice(0, 20).map((name) => [name, 'x'.repeat(20_000)]));
  const body = JSON.stringify({ vendor: 'acme', name: 'main', values });
  assert.notEqual((await api.request('/v1/accounts', { method: 'POST', headers, body })).status, 413);
});

test('a path that is known, but not with this method, is answered 405 with the methods that it has', async () => {
  for (const [method, path, allow] of [
    ['PATCH', '/v1/apps', 'POST, GET, HEAD'],
    ['DELETE', '/v1/policy', 'GET, HEAD, PUT'],
    ['GET', '/v1/budgets/daily', 'PUT, DELETE'],
    ['POST', '/v1/leaks/leak_1', 'GET, HEAD'],
    ['OPTIONS', '/v1/ledger/verify', 'POST'],
    ['POST', '/healthz', 'GET, HEAD'],
  ] as const) {
    const response = await api.request(path, { method, headers });
    assert.equal(response.status, 405, `${method} ${path}`);
    assert.equal(response.headers.get('allow'), allow);
    assert.equal(await codeOf(response), 'method_unknown');
  }
  assert.equal((await api.request('/v1/nothing', { method: 'PATCH', headers })).status, 404);
});

test('the body of a request without a token is not read', async () => {
  let chunks = 0;
  const body = new ReadableStream({
    pull(controller) {
      controller.enqueue(Buffer.alloc(65_536));
      if (++chunks === 40) controller.close();
    },
  });
  const request: RequestInit & { duplex: 'half' } = { method: 'POST', body, duplex: 'half' };
  assert.equal((await api.request('/v1/apps', request)).status, 401);
  assert.ok(chunks < 3, `${chunks} chunks were read`);
});

test('faults keep their code and status; the actor reaches the service', async () => {
  assert.equal(await codeOf(await post('{"name":"taken"}', { 'ringfence-actor': 'ada' })), 'conflict');
  assert.equal((await post('{"name":"shop"}', { 'ringfence-actor': 'a b\u00e9' })).status, 201);
  assert.deepEqual(seen, ['admin/ada', 'admin']);
});

test('no answer may be stored, framed or read by another origin', async () => {
  const response = await post('{"name":"shop"}', { origin: 'https://evil.example' });
  assert.equal(response.headers.get('access-control-allow-origin'), null);
  assert.equal(response.headers.get('cache-control'), 'no-store');
  assert.match(response.headers.get('content-security-policy') ?? '', /default-src 'none'/);
});

test('every route has a summary and every path parameter a schema', () => {
  for (const id of Object.keys(PATHS) as RouteId[]) {
    assert.notEqual(ROUTES[id].summary, '');
    for (const name of pathOf(id).parameters) assert.ok(name in ROUTES[id].input.shape, `${id} ${name}`);
  }
});

test('a name that could not be read where it stands is refused, and nothing is journaled of it', async () => {
  for (const name of ['a\0b', 'line\nbreak', ' shop', 'shop ', '  ', '\u{202e}pohs', 'a\u{200b}b', 'a\ud800'])
    assert.equal(await codeOf(await post(JSON.stringify({ name }))), 'input_invalid', JSON.stringify(name));
  for (const name of ['sh op', 'café', '東京', 'a', '...'])
    assert.equal((await post(JSON.stringify({ name }))).status, 201, name);
});

test('a name that no path can hold is refused: what bears it could not be removed by its name', async () => {
  for (const name of ['.', '..'])
    assert.equal(await codeOf(await post(JSON.stringify({ name }))), 'input_invalid', name);
});

test('a problem with an input is told in our own words, not in those of the schema library', async () => {
  const detailOf = async (path: string, method = 'GET', body?: object) => {
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    return ((await (await api.request(path, init)).json()) as { readonly detail: string }).detail;
  };
  assert.equal(await detailOf('/v1/ledger?limit=0'), 'limit: must be at least 1');
  assert.equal(await detailOf('/v1/ledger?limit=10001'), 'limit: must be at most 10000');
  assert.equal(await detailOf('/v1/ledger?limit=1.5'), 'limit: must be a whole number');
  assert.equal(
    await detailOf('/v1/ledger?state=x&limt=7'),
    'state: must be one of reserved, committed, released, unknown; limt: unknown field "limt", did you mean "limit"?',
  );
  assert.match(await detailOf('/v1/ledger?seven=7'), /^seven: unknown field "seven"; here can be .*limit/);
  assert.equal(await detailOf('/v1/apps', 'POST', {}), 'name: is missing');
  assert.equal(await detailOf('/v1/leaks', 'POST', { findings: [] }), 'findings: must have at least 1 item');
  const budget = { currency: 'EUR', limit: '1', window: { kind: 'year' }, rates: { eur: '1' } };
  assert.match(
    await detailOf('/v1/budgets/daily', 'PUT', budget),
    /^window: a window is .*; rates.eur: a currency looks like EUR$/,
  );
  assert.equal(
    await detailOf('/v1/budgets/daily', 'PUT', {
      ...budget,
      rates: {},
      window: { kind: 'sliding', milliseconds: 5 },
    }),
    'window.milliseconds: must be at least 60000',
  );
});
