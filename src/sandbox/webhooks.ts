import { Agent, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import type { Timeline } from './timeline.ts';

/** Calls URLs of the customer: status callbacks, inbound traffic, call instructions. Loopback addresses only. */
export interface Webhooks {
  /** Sends and, while the answer is not 2xx, sends again up to `retries` times. Never throws. */
  deliver(hook: Hook): void;
  /** One attempt; null when nothing answered or the address is not a loopback one. */
  fetch(request: HookRequest): Promise<HookAnswer | null>;
  /** The last deliveries, oldest first. */
  recent(): readonly Delivery[];
  /** Resolves when no request is under way. */
  idle(): Promise<void>;
  close(): void;
}

export interface HookRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface Hook {
  readonly label: string;
  readonly retries: number;
  /** Makes the request anew for each attempt, so that time-bound signatures are fresh. */
  build(): HookRequest;
}

export interface HookAnswer {
  readonly status: number;
  readonly body: string;
}

export interface Delivery {
  readonly at: number;
  readonly label: string;
  readonly url: string;
  readonly attempt: number;
  /** Null when nothing answered. */
  readonly status: number | null;
}

export interface WebhookSources {
  readonly now: () => number;
  readonly timeline: Timeline;
  readonly retryAfter: () => number;
  readonly log: (line: string) => void;
}

const REMEMBERED = 1000;
const MOST_UNDER_WAY = 64;
const MOST_WAITING = 100_000;
const LARGEST_ANSWER = 256 * 1024;
const ANSWER_WITHIN = 15_000;

export function createWebhooks({ now, timeline, retryAfter, log }: WebhookSources): Webhooks {
  const agent = new Agent({ keepAlive: true, maxSockets: MOST_UNDER_WAY });
  const deliveries: Delivery[] = [];
  const waiting: (() => Promise<void>)[] = [];
  const idlers: (() => void)[] = [];
  let underWay = 0;

  function next(): void {
    while (underWay < MOST_UNDER_WAY) {
      const job = waiting.shift();
      if (job === undefined) break;
      underWay += 1;
      void job().finally(() => {
        underWay -= 1;
        next();
      });
    }
    // Deferred: whoever waited for this answer acts on it first, and may begin new work.
    if (underWay === 0 && idlers.length > 0) setImmediate(announce);
  }

  function announce(): void {
    if (underWay === 0) for (const resolve of idlers.splice(0)) resolve();
  }

  function enqueue(job: () => Promise<void>): void {
    if (waiting.length >= MOST_WAITING) return log('a webhook was dropped: too many are waiting');
    waiting.push(job);
    next();
  }

  async function attempt(hook: Hook, count: number): Promise<void> {
    const request = hook.build();
    const answer = await send(request, agent);
    const status = answer?.status ?? null;
    deliveries.push({ at: now(), label: hook.label, url: request.url, attempt: count, status });
    if (deliveries.length > REMEMBERED) deliveries.shift();
    const accepted = status !== null && status >= 200 && status < 300;
    if (accepted || count > hook.retries || !isLoopback(request.url)) return;
    timeline.at(now() + retryAfter() * 2 ** (count - 1), () => enqueue(() => attempt(hook, count + 1)));
  }

  return Object.freeze({
    deliver: (hook: Hook) => enqueue(() => attempt(hook, 1)),
    fetch: (request: HookRequest) =>
      new Promise<HookAnswer | null>((resolve) => enqueue(async () => resolve(await send(request, agent)))),
    recent: () => [...deliveries],
    idle: () => (underWay === 0 ? Promise.resolve() : new Promise<void>((resolve) => idlers.push(resolve))),
    close: () => agent.destroy(),
  });
}

/** True for http(s) URLs of this machine: a simulated vendor must never call out. */
function isLoopback(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol !== 'http:' && protocol !== 'https:') return false;
  return hostname === 'localhost' || hostname === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(hostname);
}

/** Resolves every name to the loopback address, so that no name server is asked. */
const loopbackLookup: LookupFunction = (_name, options, done) => {
  const addresses = [
    { address: '127.0.0.1', family: 4 },
    { address: '::1', family: 6 },
  ];
  if (options.all === true) done(null, addresses);
  else done(null, '127.0.0.1', 4);
};

function send({ method, url, headers, body }: HookRequest, agent: Agent): Promise<HookAnswer | null> {
  if (!isLoopback(url)) return Promise.resolve(null);
  return new Promise((resolve) => {
    const secure = url.startsWith('https:');
    const options = {
      method,
      headers: body === '' ? headers : { ...headers, 'content-length': Buffer.byteLength(body) },
      timeout: ANSWER_WITHIN,
      lookup: loopbackLookup,
    };
    // A local receiver has a self-signed certificate, so it is not verified; that the address is loopback is checked instead.
    const request = secure
      ? httpsRequest(url, { ...options, rejectUnauthorized: false })
      : httpRequest(url, { ...options, agent });
    request.on('error', () => resolve(null));
    request.on('timeout', () => request.destroy());
    request.on('response', (response) => {
      let text = '';
      response.setEncoding('utf8');
      response.on('data', (piece: string) => {
        text += piece;
        if (text.length > LARGEST_ANSWER) response.destroy();
      });
      response.on('error', () => resolve(null));
      response.on('close', () => resolve({ status: response.statusCode ?? 0, body: text }));
    });
    request.end(body);
  });
}
