import type { z } from 'zod';
import type { RouteId } from './paths.ts';
import { accountRoutes } from './routes/accounts.ts';
import { appRoutes } from './routes/apps.ts';
import { budgetRoutes } from './routes/budgets.ts';
import { canaryRoutes } from './routes/canaries.ts';
import { journalRoutes } from './routes/journal.ts';
import { keyRoutes } from './routes/keys.ts';
import { killRoutes } from './routes/kills.ts';
import { leakRoutes } from './routes/leaks.ts';
import { ledgerRoutes } from './routes/ledger.ts';
import { policyRoutes } from './routes/policy.ts';
import { priceRoutes } from './routes/prices.ts';
import { systemRoutes } from './routes/system.ts';
import type { RouteSpec } from './schema.ts';

/** The admin API as data: the server, the command line's types and `openapi.json` are all made from it. */
export const ROUTES = {
  ...appRoutes,
  ...accountRoutes,
  ...keyRoutes,
  ...leakRoutes,
  ...canaryRoutes,
  ...policyRoutes,
  ...budgetRoutes,
  ...priceRoutes,
  ...killRoutes,
  ...ledgerRoutes,
  ...journalRoutes,
  ...systemRoutes,
} as const satisfies Record<RouteId, RouteSpec>;

type Routes = typeof ROUTES;

/** Input of a route as a caller sends it, before its schema has parsed it. */
export type Sent<Id extends RouteId> = z.input<Routes[Id]['input']>;
/** Input of a route as its handler gets it, after parsing: amounts are micros, defaults are filled in. */
export type Received<Id extends RouteId> = z.output<Routes[Id]['input']>;
/** Output of a route as its handler returns it. Members that the schema does not name are dropped. */
export type Given<Id extends RouteId> = Frozen<z.input<Routes[Id]['output']>>;
/** Output of a route as a caller gets it. */
export type Answer<Id extends RouteId> = z.output<Routes[Id]['output']>;

type Frozen<T> = T extends readonly (infer Item)[]
  ? readonly Frozen<Item>[]
  : T extends object
    ? { readonly [Name in keyof T]: Frozen<T[Name]> }
    : T;
