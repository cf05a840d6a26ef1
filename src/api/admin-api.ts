import { Hono, type Context, type MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { secureHeaders } from 'hono/secure-headers';
import { RingfenceError } from '../kernel/errors.ts';
import type { Progress } from '../kernel/progress.ts';
import { answer } from './answer.ts';
import type { Authenticate } from './authenticate.ts';
import { ROUTES } from './contract.ts';
import { HANDLERS } from './handlers/all.ts';
import type { Call } from './handlers/handler.ts';
import { pathOf, PATHS, type RouteId } from './paths.ts';
import { problemResponse } from './problem.ts';
import { readInput } from './read-input.ts';
import { sizeText, SMALL_BODY, type RouteSpec } from './schema.ts';
import type { AdminServices } from './services/all.ts';

export interface AdminApiOptions {
  readonly services: AdminServices;
  readonly authenticate: Authenticate;
  /** Called with every error that is not one of ours; the client only learns `internal`. */
  readonly report?: (error: unknown) => void;
  /** Milliseconds until an answer counts as late, and between the signs of life of a late one. */
  readonly patience?: number;
}

interface Admitted {
  Variables: { actor: string };
}

const PATIENCE_MILLISECONDS = 1000;

/** The operator's name that a client may state: noted in the journal, proved by nothing. */
const ACTOR = /^[\w.@-]{1,64}$/;

/**
 * The admin API. No cookies and no CORS: a browser page of another origin can neither send the token nor read an
 * answer. Answers hold what the contract's output schemas name and nothing else.
 */
export function createAdminApi(options: AdminApiOptions): Hono<Admitted> {
  const { services, authenticate, report, patience = PATIENCE_MILLISECONDS } = options;
  const api = new Hono<Admitted>();
  api.use(secureHeaders({ contentSecurityPolicy: { defaultSrc: ["'none'"], frameAncestors: ["'none'"] } }));
  api.use(withoutBody);
  api.onError((error) => {
    if (!(error instanceof RingfenceError)) report?.(error);
    return problemResponse(error);
  });
  api.notFound(() => problemResponse(new RingfenceError('not_found', 'There is no such route.')));
  for (const id of Object.keys(PATHS) as RouteId[]) {
    const { method, path } = pathOf(id);
    const spec: RouteSpec = ROUTES[id];
    api.on(method, path, admission(spec, authenticate), limitOf(spec), async (context) => {
      const input = await readInput(context, pathOf(id), spec);
      const { actor } = context.var;
      const { signal } = context.req.raw;
      const work = createWork(signal);
      const result = callHandler(id, { input, services, actor, signal, progress: work.update });
      return answer(spec, result, {
        patience: takesSigns(context) ? patience : null,
        progress: work.shown,
        report,
      });
    });
  }
  for (const [path, methods] of methodsOfPaths()) api.all(path, () => refuseMethod(methods));
  return api;
}

/** The methods of each path, in which every parameter is called `:any`. */
function methodsOfPaths(): ReadonlyMap<string, readonly string[]> {
  const paths = new Map<string, string[]>();
  for (const id of Object.keys(PATHS) as RouteId[]) {
    const { method, path } = pathOf(id);
    const shape = path.replaceAll(/:\w+/g, ':any');
    paths.set(shape, [...(paths.get(shape) ?? []), ...(method === 'GET' ? ['GET', 'HEAD'] : [method])]);
  }
  return paths;
}

/** 405 with the methods that the path has, as RFC 9110, 15.5.6 asks. */
function refuseMethod(methods: readonly string[]): Response {
  const response = problemResponse(new RingfenceError('method_unknown'));
  response.headers.set('allow', methods.join(', '));
  return response;
}

/** A HEAD request runs as GET. Its body is cancelled, so that an export of which nobody reads a line does not go on. */
const withoutBody: MiddlewareHandler = async (context, next) => {
  await next();
  if (context.req.method === 'HEAD') await context.res.body?.cancel();
};

function limitOf({ maxBody = SMALL_BODY }: RouteSpec): MiddlewareHandler {
  const detail = `This route takes at most ${sizeText(maxBody)} at a time.`;
  return bodyLimit({
    maxSize: maxBody,
    onError: () => problemResponse(new RingfenceError('request_too_large', detail)),
  });
}

/** Checks the token. It runs before the body is read, so that strangers cannot make the gateway take in bodies. */
function admission({ isOpen }: RouteSpec, authenticate: Authenticate): MiddlewareHandler<Admitted> {
  return async (context, next) => {
    context.set('actor', isOpen === true ? '' : await admit(context, authenticate));
    await next();
  };
}

async function admit(context: Context<Admitted>, authenticate: Authenticate): Promise<string> {
  const token = /^Bearer ([\w.~+/=-]{1,500})$/i.exec(context.req.header('authorization') ?? '')?.[1];
  const who = token === undefined ? null : await authenticate(token);
  if (who === null) throw new RingfenceError('not_authenticated');
  const stated = context.req.header('ringfence-actor') ?? '';
  return ACTOR.test(stated) ? `${who}/${stated}` : who;
}

function takesSigns({ req }: Context): boolean {
  return (req.header('accept') ?? '').includes('application/x-ndjson');
}

/** Keeps the progress of a call: seconds passed, until its work reports something better. `update` throws once the client is gone. */
function createWork(signal: AbortSignal) {
  const start = performance.now();
  let told: Progress | null = null;
  return {
    update(progress: Progress): void {
      signal.throwIfAborted();
      told = progress;
    },
    shown: (): Progress =>
      told ?? { done: Math.floor((performance.now() - start) / 1000), total: 0, unit: 'seconds' },
  };
}

/** Calls the handler of a route. The cast is needed as the compiler cannot see that input and handler belong to one id. */
function callHandler(id: RouteId, call: Call<Record<string, unknown>>): unknown {
  const handler = HANDLERS[id] as unknown as (call: Call<Record<string, unknown>>) => unknown;
  return handler(call);
}
