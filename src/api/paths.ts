/**
 * Method and path of every route of the admin API. Apart from the schemas, because the command line needs these
 * alone and starts in a third of the time without them.
 */
export const PATHS = {
  'apps.create': 'POST /v1/apps',
  'apps.list': 'GET /v1/apps',
  'apps.remove': 'DELETE /v1/apps/:app',
  'vendors.list': 'GET /v1/vendors',
  'accounts.seal': 'POST /v1/accounts',
  'accounts.list': 'GET /v1/accounts',
  'accounts.test': 'POST /v1/accounts/:account/test',
  'accounts.reseal': 'POST /v1/accounts/:account/credential',
  'accounts.rotate': 'POST /v1/accounts/:account/rotate',
  'accounts.rotation': 'GET /v1/accounts/:account/rotation',
  'accounts.rotations': 'GET /v1/rotations',
  'accounts.remove': 'DELETE /v1/accounts/:account',
  'accounts.rekey': 'POST /v1/rekey',
  'keys.create': 'POST /v1/keys',
  'keys.list': 'GET /v1/keys',
  'keys.rotate': 'POST /v1/keys/:key/rotate',
  'keys.networks': 'PUT /v1/keys/:key/networks',
  'keys.revoke': 'POST /v1/keys/:key/revoke',
  'leaks.report': 'POST /v1/leaks',
  'leaks.list': 'GET /v1/leaks',
  'leaks.show': 'GET /v1/leaks/:leak',
  'leaks.respond': 'POST /v1/leaks/:leak/respond',
  'leaks.dismiss': 'POST /v1/leaks/:leak/dismiss',
  'canaries.plant': 'POST /v1/canaries',
  'canaries.list': 'GET /v1/canaries',
  'canaries.retire': 'POST /v1/canaries/:canary/retire',
  'canaries.remove': 'DELETE /v1/canaries/:canary',
  'policy.get': 'GET /v1/policy',
  'policy.put': 'PUT /v1/policy',
  'policy.check': 'POST /v1/policy/check',
  'policy.versions': 'GET /v1/policy/versions',
  'policy.rollback': 'POST /v1/policy/rollback',
  'budgets.put': 'PUT /v1/budgets/:name',
  'budgets.list': 'GET /v1/budgets',
  'budgets.presumed': 'GET /v1/budgets/:budget/presumed',
  'budgets.release': 'POST /v1/budgets/:budget/release',
  'budgets.remove': 'DELETE /v1/budgets/:budget',
  'prices.import': 'POST /v1/prices',
  'prices.list': 'GET /v1/prices',
  'prices.remove': 'DELETE /v1/prices',
  'kills.put': 'POST /v1/kills',
  'kills.list': 'GET /v1/kills',
  'kills.lift': 'DELETE /v1/kills/:kill',
  'ledger.list': 'GET /v1/ledger',
  'ledger.totals': 'GET /v1/ledger/totals',
  'ledger.unknown': 'GET /v1/ledger/unknown',
  'ledger.settle': 'POST /v1/ledger/:row/settlement',
  'ledger.verify': 'POST /v1/ledger/verify',
  'journal.tail': 'GET /v1/journal',
  'journal.export': 'GET /v1/journal/export',
  'journal.verify': 'POST /v1/journal/verify',
  'journal.retire': 'POST /v1/journal/:node/retire',
  'journal.show': 'GET /v1/journal/records/:id',
  'status.get': 'GET /v1/status',
  'ca.get': 'GET /v1/ca',
  'probe.expected': 'GET /v1/probe',
  'metrics.get': 'GET /metrics',
  'health.live': 'GET /healthz',
  'health.ready': 'GET /readyz',
} as const;

export type RouteId = keyof typeof PATHS;
export type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export interface RoutePath {
  readonly method: Method;
  /** With `:name` for parameters. */
  readonly path: string;
  /** Names of the parameters in `path`. */
  readonly parameters: readonly string[];
}

/** Method and path under which a route is served. */
export function pathOf(id: RouteId): RoutePath {
  const [method = '', path = ''] = PATHS[id].split(' ');
  const parameters = [...path.matchAll(/:(\w+)/g)].map(([, name = '']) => name);
  return { method: method as Method, path, parameters };
}
