import assert from 'node:assert/strict';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import type { Intent } from '../../intent/intent.ts';
import type { NumberingPlan, PhoneFacts } from '../../kernel/numbering/facts.ts';
import { Secret } from '../../kernel/secret.ts';
import type { IssueSources, OpenAccount } from '../custody-adapter.ts';
import type { Reading, Vendor } from '../vendor.ts';
import type { WireRequest, WireResponse } from '../wire.ts';

/** Help for tests of adapters: requests, answers, a numbering plan of two countries. Not used in production. */
export const NOW = 1_767_225_600_000;

export interface RequestParts {
  readonly method?: string;
  /** Path with its query, percent-encoded. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly json?: unknown;
  readonly form?: Readonly<Record<string, string>>;
}

export function wire(host: string, { method, url, headers = {}, json, form }: RequestParts): WireRequest {
  const [path = '', query = ''] = url.split('?', 2);
  const hasBody = json !== undefined || form !== undefined;
  const type = form === undefined ? 'application/json' : 'application/x-www-form-urlencoded';
  const text = form === undefined ? JSON.stringify(json ?? '') : new URLSearchParams(form).toString();
  return {
    method: method ?? (hasBody ? 'POST' : 'GET'),
    host,
    path,
    segments: path.split('/').slice(1).map(decodeURIComponent),
    query,
    headers: hasBody ? { 'content-type': type, ...headers } : headers,
    body: hasBody ? Buffer.from(text) : Buffer.alloc(0),
  };
}

export function answer(status: number, json: unknown): WireResponse {
  return { status, headers: {}, body: Buffer.from(JSON.stringify(json)) };
}

const COUNTRY = ['US', 'GB'];

/** Knows +1 and +44; +44 9 is premium. */
export const plan: NumberingPlan = {
  facts(e164: string): PhoneFacts {
    const british = e164.startsWith('+44');
    const valid = british || e164.startsWith('+1');
    const premium = e164.startsWith('+449');
    return {
      country: valid ? (COUNTRY[british ? 1 : 0] ?? null) : null,
      lineType: premium ? 'premium' : 'unknown',
      premium,
      satellite: false,
      operator: null,
      valid,
    };
  },
};

/** What an adapter makes of a request that its table knows. */
export function readingBy(
  { operations, readIntent }: Pick<Vendor, 'operations' | 'readIntent'>,
  request: WireRequest,
): Reading {
  const { method, host, path, segments } = request;
  const operation = operations.match(method, host, segments);
  assert.ok(operation, `${method} ${host}${path} is not classified`);
  return readIntent(operation, request, plan);
}

/** As `readingBy`, of a request that can be understood. */
export function intentBy(adapter: Pick<Vendor, 'operations' | 'readIntent'>, request: WireRequest): Intent {
  const reading = readingBy(adapter, request);
  assert.ok(reading.kind === 'intent', JSON.stringify(reading));
  return reading.intent;
}

export const VIRTUAL = 'rfv000000000000000000000000TVH10';

export function issueSources(rsa?: {
  readonly privateKey: string;
  readonly publicKey: string;
}): IssueSources {
  return {
    virtualSecret: () => VIRTUAL,
    hex: (length) => 'a'.repeat(length),
    rsaKeyPair: () => {
      if (rsa === undefined) throw new Error('this vendor needs no RSA key');
      return rsa;
    },
  };
}

export function openAccount(
  fields: Readonly<Record<string, string>>,
  secrets: Readonly<Record<string, string>>,
): OpenAccount {
  const sealed = Object.entries(secrets).map(([name, value]) => [name, new Secret(value)] as const);
  return { fields, secrets: Object.fromEntries(sealed) };
}

/** An HTTP server that answers with what `respond` gives, and keeps what it saw. Close it with `await using`. */
export async function serve(respond: (request: WireRequest) => WireResponse): Promise<Served> {
  const seen: WireRequest[] = [];
  async function answerTo(request: IncomingMessage, reply: ServerResponse): Promise<void> {
    const received = receivedRequest(request, await buffer(request));
    seen.push(received);
    const { status, headers, body } = respond(received);
    reply.writeHead(status, headers).end(body);
  }
  const server = createServer((request, reply) => void answerTo(request, reply));
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
}

export interface Served extends AsyncDisposable {
  readonly origin: string;
  readonly seen: readonly WireRequest[];
}

function receivedRequest({ method = '', url = '', headers }: IncomingMessage, body: Buffer): WireRequest {
  const [path = '', query = ''] = url.split('?', 2);
  const segments = path.split('/').slice(1).map(decodeURIComponent);
  const flat = Object.entries(headers).map(([name, value]) => [name, String(value)] as const);
  return { method, host: '', path, segments, query, headers: Object.fromEntries(flat), body };
}
