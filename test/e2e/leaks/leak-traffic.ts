import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALLOWED, FROM } from '../node-fixture.ts';

export interface Traffic {
  readonly sent: () => number;
  /** What was answered other than 2xx, and what broke. */
  readonly failures: readonly string[];
  /** Sends no more and waits for the last answers. */
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly port: number;
  /** Requests a second, sent whether or not earlier ones are answered. */
  readonly rate: number;
  readonly accountSid: string;
  readonly authToken: string;
}

const TICK = 10;
const SOCKETS = 64;

/** An app that sends messages all the time, as its vendor's SDK does. */
export function startTraffic({ port, rate, accountSid, authToken }: TrafficOptions): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const body = new URLSearchParams({ To: ALLOWED, From: FROM, Body: 'x' }).toString();
  const headers = {
    authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
  };
  const path = `/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const failures: string[] = [];
  const pending = new Set<Promise<void>>();
  let count = 0;
  let isRunning = true;

  function send(): Promise<void> {
    return new Promise((resolve) => {
      const fail = (error: Error) => {
        failures.push(error.message);
        resolve();
      };
      const sent = request({ agent, method: 'POST', host: '127.0.0.1', port, path, headers }, (response) => {
        const { statusCode = 0, headers: answered } = response;
        if (statusCode >= 300) failures.push(`${statusCode} ${String(answered['ringfence-decision'])}`);
        response.on('end', resolve).on('error', fail).resume();
      });
      sent.on('error', fail).end(body);
    });
  }

  async function run(): Promise<void> {
    const start = performance.now();
    while (isRunning) {
      const due = Math.floor(((performance.now() - start) * rate) / 1000);
      for (; count < due; count++) {
        const one = send().finally(() => pending.delete(one));
        pending.add(one);
      }
      await sleep(TICK);
    }
    await Promise.all(pending);
    agent.destroy();
  }
  const ended = run();
  return {
    sent: () => count,
    failures,
    async stop() {
      isRunning = false;
      await ended;
    },
  };
}
