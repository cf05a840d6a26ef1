import type { Server as NetServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { locateByPath, locateByPort } from '../../gateway/listeners/base-url.ts';
import { createForwardProxy } from '../../gateway/listeners/forward-proxy.ts';
import { createListener, type Listener, type ListenerOptions } from '../../gateway/listeners/server.ts';
import { createTransparentTls } from '../../gateway/listeners/transparent-tls.ts';
import type { Config } from '../../config/config.ts';
import type { Contexts } from '../../tls/contexts.ts';

/** For this long, clients that never pause learn with an answer that their connection ends, before any is closed. */
const LAST_WORDS_MILLISECONDS = 100;
/** How long a client that has begun to send a request has to finish it. */
const WAITING_MILLISECONDS = 1_000;

/** Everything that apps connect to. */
export interface AppServers {
  listen(): Promise<void>;
  /** Stops accepting, lets running requests end, closes idle connections. */
  close(): Promise<void>;
}

/** The listeners that the configuration names. Several processes share a port. */
export function createAppServers(
  { listeners, workers }: Pick<Config, 'listeners' | 'workers'>,
  shared: Omit<ListenerOptions, 'locate'>,
  contexts: Contexts,
): AppServers {
  let isClosing = false;
  const servers = openServers(listeners, { ...shared, isClosing: () => isClosing }, contexts);
  return Object.freeze({
    async listen() {
      await Promise.all(servers.map((one) => listenOn(one, workers > 1)));
    },
    async close() {
      isClosing = true;
      await sleep(LAST_WORDS_MILLISECONDS);
      await Promise.all(servers.map(closeServer));
    },
  });
}

interface OpenServer {
  readonly server: NetServer & Pick<Listener, 'closeIdleConnections' | 'closeWaiting'>;
  readonly host: string;
  readonly port: number;
}

function openServers(
  { apps, proxy, tls, hosts }: Config['listeners'],
  shared: Omit<ListenerOptions, 'locate'>,
  contexts: Contexts,
): readonly OpenServer[] {
  const servers: OpenServer[] = [{ server: createListener({ ...shared, locate: locateByPath }), ...apps }];
  for (const [host, port] of Object.entries(hosts))
    servers.push({
      server: createListener({ ...shared, locate: locateByPort(host) }),
      host: apps.host,
      port,
    });
  if (proxy !== null) servers.push({ server: createForwardProxy(shared, contexts), ...proxy });
  if (tls !== null) servers.push({ server: createTransparentTls(shared, contexts), ...tls });
  return servers;
}

function listenOn({ server, host, port }: OpenServer, reusePort: boolean): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, reusePort, backlog: 1024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

/** Closes connections as they become idle, and after a while also those that have sent nothing or half a request. */
function closeServer({ server }: OpenServer): Promise<void> {
  return new Promise((resolve) => {
    const began = performance.now();
    const timer = setInterval(() => {
      server.closeIdleConnections();
      if (performance.now() - began > WAITING_MILLISECONDS) server.closeWaiting();
    }, LAST_WORDS_MILLISECONDS);
    server.close(() => {
      clearInterval(timer);
      resolve();
    });
    server.closeIdleConnections();
  });
}
