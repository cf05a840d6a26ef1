import type { Server } from 'node:http';
import type { Server as NetServer } from 'node:net';
import { locateByPath, locateByPort } from '../gateway/listeners/base-url.ts';
import { createForwardProxy } from '../gateway/listeners/forward-proxy.ts';
import { createListener, type ListenerOptions } from '../gateway/listeners/server.ts';
import { createTransparentTls } from '../gateway/listeners/transparent-tls.ts';
import type { Config } from '../config/config.ts';
import type { Contexts } from '../tls/contexts.ts';

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
  const servers = openServers(listeners, shared, contexts);
  return Object.freeze({
    async listen() {
      await Promise.all(servers.map((one) => listenOn(one, workers > 1)));
    },
    async close() {
      await Promise.all(servers.map(closeServer));
    },
  });
}

interface OpenServer {
  readonly server: NetServer & Partial<Pick<Server, 'closeIdleConnections'>>;
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

function closeServer({ server }: OpenServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
    server.closeIdleConnections?.();
  });
}
