import type { IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import { createServer, type Server as TlsServer, type TLSSocket } from 'node:tls';
import { serverOptions, type Contexts } from '../../tls/contexts.ts';
import type { Place } from '../exchange.ts';
import { createInnerListener, type Listener, type ListenerOptions } from './server.ts';

/** Answers as the vendor's host, chosen by SNI: for SDKs that obey neither base URL nor proxy. */
export function createTransparentTls(
  options: Omit<ListenerOptions, 'locate'>,
  contexts: Contexts,
): TlsServer & Pick<Listener, 'closeIdleConnections' | 'closeWaiting'> {
  const inner = createInnerListener({ ...options, locate: locateByName });
  /** Connections whose handshake is not complete, by peer: a TLS socket does not say which TCP socket it uses. */
  const greeting = new Map<string, Socket>();
  const server = createServer(serverOptions(contexts), (socket: TLSSocket) => {
    greeting.delete(peerOf(socket));
    socket.on('error', () => socket.destroy());
    inner.emit('connection', socket);
  });
  server.on('connection', (socket: Socket) => {
    const peer = peerOf(socket);
    greeting.set(peer, socket);
    socket.once('close', () => greeting.delete(peer));
  });
  server.maxConnections = options.connections;
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  server.on('close', () => inner.closeAllConnections());
  return Object.assign(server, {
    closeIdleConnections: () => inner.closeIdleConnections(),
    closeWaiting() {
      for (const socket of greeting.values()) socket.destroy();
      inner.closeWaiting();
    },
  });
}

function peerOf({ remoteAddress, remotePort }: Socket): string {
  return `${remoteAddress} ${remotePort}`;
}

/** The handshake names the host; a request that names another one is refused. */
function locateByName(request: IncomingMessage): Place | null {
  const socket = request.socket as TLSSocket & { readonly servername?: string | false };
  const named = (request.headers.host ?? '').toLowerCase().replace(/:443$/, '');
  const host = (socket.servername || (isNameUntold(socket) ? named : '')).toLowerCase();
  const url = request.url ?? '';
  return host === '' || host !== named || url[0] !== '/' ? null : { host, target: url, toGateway: null };
}

/** A resumed session of TLS 1.2 does not state the name again. It was begun here, so the request alone may say for which host. */
function isNameUntold(socket: TLSSocket): boolean {
  return socket.getProtocol() === 'TLSv1.2' && socket.isSessionReused();
}
