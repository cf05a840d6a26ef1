import type { Duplex } from 'node:stream';
import { createSecureContext, TLSSocket, type SecureContext, type TlsOptions } from 'node:tls';
import type { Clock } from '../kernel/clock.ts';
import type { Authority } from './authority.ts';
import { registeredHost } from './domains.ts';

const HANDSHAKE_TIMEOUT_MILLISECONDS = 5000;
/** Only HTTP/1.1 is understood behind the handshake. */
const PROTOCOLS = ['http/1.1'];

/** TLS contexts of the registered hosts: one for each entry of the list, whatever names clients ask for. */
export interface Contexts {
  /** Null when the host is not registered. The context is made on first use and again before its certificate ends. */
  forHost(name: string): SecureContext | null;
  /** Replaces the registered hosts and the authority that signs for them. Existing connections stay open. */
  configure(registration: Registration): void;
}

export interface Registration {
  readonly issue: Authority['issue'];
  /** Exact names, or `*.domain` for one label. */
  readonly hosts: readonly string[];
}

interface Cached {
  readonly context: SecureContext;
  readonly madeAt: number;
  readonly renewAt: number;
}

/** Until it is configured, no host is registered. */
export function createContexts(clock: Pick<Clock, 'wall'>): Contexts {
  let registered: ReadonlySet<string> = new Set();
  let issue: Authority['issue'] | null = null;
  const cache = new Map<string, Cached>();

  function make(host: string, now: number, by: Authority['issue']): Cached {
    const { certificate, key, notAfter } = by(host);
    const context = createSecureContext({ cert: certificate, key, minVersion: 'TLSv1.2' });
    return { context, madeAt: now, renewAt: now + (notAfter - now) / 2 };
  }

  return Object.freeze({
    forHost(name: string) {
      const host = registeredHost(name, registered);
      if (host === null || issue === null) return null;
      const now = clock.wall();
      const known = cache.get(host);
      // `madeAt` in the future means that the clock was set back: the certificate may not be valid yet.
      if (known !== undefined && known.madeAt <= now && now < known.renewAt) return known.context;
      const made = make(host, now, issue);
      cache.set(host, made);
      return made.context;
    },
    configure(registration: Registration) {
      registered = new Set(registration.hosts.map((host) => host.toLowerCase()));
      ({ issue } = registration);
      cache.clear();
    },
  });
}

/**
 * Options of a TLS server that clients reach under the vendors' names. It has no certificate of its own, so that a
 * client that names no host, or one that is not registered, gets a handshake failure.
 */
export function serverOptions(contexts: Contexts): TlsOptions {
  return {
    ALPNProtocols: PROTOCOLS,
    minVersion: 'TLSv1.2',
    handshakeTimeout: HANDSHAKE_TIMEOUT_MILLISECONDS,
    SNICallback: (name, done) => done(null, contexts.forHost(name) ?? undefined),
  };
}

export interface Tunnel {
  readonly socket: Duplex;
  /** Bytes that arrived behind the CONNECT request. */
  readonly head: Buffer;
  /** Host of the CONNECT line; the client must name the same one, or none, in its handshake. */
  readonly host: string;
}

/**
 * Ends the TLS of a CONNECT tunnel here. Null when the host is not registered. Give the socket to the HTTP server at
 * once (`server.emit('connection', socket)`): its header deadline then covers the handshake as well.
 */
export function terminateTunnel({ socket, head, host }: Tunnel, contexts: Contexts): TLSSocket | null {
  const context = contexts.forHost(host);
  if (context === null) return null;
  if (head.length > 0) socket.unshift(head);
  const secure = new TLSSocket(socket, {
    isServer: true,
    secureContext: context,
    ALPNProtocols: PROTOCOLS,
    SNICallback: (name, done) =>
      name.toLowerCase() === host.toLowerCase()
        ? done(null, context)
        : done(new Error('The handshake names another host than the tunnel.')),
  });
  for (const one of [socket, secure]) one.on('error', () => secure.destroy());
  return secure;
}
