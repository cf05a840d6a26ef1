import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { ALLOWED, FROM } from '../node-fixture.ts';

export interface Traffic {
  readonly sent: () => number;
  /** What was answered other than 2xx, what broke, and what did not get through however often it was sent. */
  readonly failures: readonly string[];
  /** Requests that the machine was too slow for at first: what was wrong with each. They got through when sent again. */
  readonly late: readonly string[];
  /** Sends no more and waits for the last answers. */
  stop(): Promise<void>;
}

export interface TrafficOptions {
  readonly port: number;
  /** Requests a second, sent whether or not earlier ones are answered. */
  readonly rate: number;
  readonly accountSid: string;
  readonly authToken: string;
  /** Does a machine that is too slow explain this? Then the request is sent again. */
  readonly isOverload: (problem: string) => boolean;
}

const TICK = 10;
const AGAIN_AFTER = 500;
const MOST_TRIES = 240;
const SOCKETS = 64;

/** An app that sends messages all the time, as its vendor's SDK does. */
export function startTraffic({ port, rate, accountSid, authToken, isOverload }: TrafficOptions): Traffic {
  const agent = new Agent({ keepAlive: true, maxSockets: SOCKETS });
  const body = new URLSearchParams({ To: ALLOWED, From: FROM, Body: 'x' }).toString();
  const headers = {
    authorization: `Basic ${Buffer.from(`${accountSid}:${authToken}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
    'content-length': body.length,
  };
  const path = `/api.twilio.com/2010-04-01/Accounts/${accountSid}/Messages.json`;
  const failures: string[] = [];
  const late: string[] = [];
  const pending = new Set<Promise<void>>();
  let count = 0;
  let isRunning = true;

  /** What is wrong with the answer; null: nothing. */
  function ask(): Promise<string | null> {
    return new Promise((resolve) => {
      const fail = (error: Error) => resolve(error.message);
      const sent = request({ agent, method: 'POST', host: '127.0.0.1', port, path, headers }, (response) => {
        const { statusCode = 0, headers: answered } = response;
        const problem = statusCode < 300 ? null : `${statusCode} ${String(answered['ringfence-decision'])}`;
        response
          .on('end', () => resolve(problem))
          .on('error', fail)
          .resume();
      });
      sent.on('error', fail).end(body);
    });
  }

  async function send(): Promise<void> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const problem = await ask();
      if (problem === null) return;
      await sleep(AGAIN_AFTER); // A broken connection is seen before what explains it.
      if (!isOverload(problem)) return void failures.push(problem);
      if (tries === 0) late.push(problem);
    }
    failures.push('sent again in vain');
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
    late,
    async stop() {
      isRunning = false;
      await ended;
    },
  };
}
