import { randomBytes } from 'node:crypto';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { Auth } from '@vonage/auth';
import { Vonage } from '@vonage/server-sdk';
import Telnyx from 'telnyx';
import twilio from 'twilio';
import type { Settings } from '../../src/sandbox/core.ts';
import { createSandbox, type Sandbox } from '../../src/sandbox/sandbox.ts';
import { createManualTime } from '../../src/sandbox/timeline.ts';

export interface Running {
  readonly sandbox: Sandbox;
  readonly port: number;
  readonly origin: string;
}

/** A sandbox whose time stands still until `sandbox.advance`; closed with the test. */
export async function startSandbox(context: TestContext, settings: Partial<Settings> = {}): Promise<Running> {
  const { clock, timers } = createManualTime(Date.now());
  const sandbox = createSandbox({ clock, timers, random: randomBytes, settings });
  const { port, close } = await sandbox.listen(0);
  context.after(close);
  return { sandbox, port, origin: `http://127.0.0.1:${port}` };
}

const TWILIO_PRODUCTS = [
  'api',
  'verify',
  'lookups',
  'messaging',
  'content',
  'conversations',
  'iam',
  'accounts',
  'pricing',
] as const;

export function twilioClient(origin: string, user: string, password: string, accountSid = user) {
  const client = twilio(user, password, { accountSid });
  for (const product of TWILIO_PRODUCTS) client[product].baseUrl = `${origin}/_host/${product}.twilio.com`;
  return client;
}

export function vonageClient(origin: string, credentials: Readonly<Record<string, string>>) {
  const { apiKey = '', apiSecret = '', applicationId = '', privateKey = '' } = credentials;
  return new Vonage(new Auth({ apiKey, apiSecret, applicationId, privateKey }), {
    restHost: `${origin}/_host/rest.nexmo.com`,
    apiHost: `${origin}/_host/api.nexmo.com`,
  });
}

export function telnyxClient(origin: string, credentials: Readonly<Record<string, string>>) {
  const { apiKey = '', publicKey = '' } = credentials;
  return new Telnyx({ apiKey, publicKey, baseURL: `${origin}/_host/api.telnyx.com/v2`, maxRetries: 0 });
}

export interface ReceivedHook {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A customer's web server: keeps what it gets and answers with `answer`. */
export async function startCustomer(
  context: TestContext,
  answer: (hook: ReceivedHook) => { readonly status?: number; readonly body?: string } = () => ({}),
): Promise<{ readonly origin: string; readonly received: ReceivedHook[] }> {
  const received: ReceivedHook[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (piece: Buffer) => (body += piece.toString()));
    request.on('end', () => {
      const hook = { method: request.method ?? '', url: request.url ?? '', headers: request.headers, body };
      received.push(hook);
      const { status = 200, body: text = '' } = answer(hook);
      response.writeHead(status).end(text);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, received };
}
