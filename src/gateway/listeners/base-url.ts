import type { IncomingMessage } from 'node:http';
import type { Place } from '../exchange.ts';

const HOST_NAME = /^[a-z0-9.-]{1,253}$/;

/**
 * Base-URL mode: `http://gateway/<vendor host>/<path>`. Links in answers point back here, under the name by which
 * the app reached the gateway.
 */
export function locateByPath(request: IncomingMessage): Place | null {
  const url = request.url ?? '';
  if (url[0] !== '/') return null;
  const end = url.indexOf('/', 1);
  const host = (end === -1 ? url.slice(1) : url.slice(1, end)).toLowerCase();
  if (!HOST_NAME.test(host)) return null;
  const own = `http://${request.headers.host ?? ''}`;
  return {
    host,
    target: end === -1 ? '/' : url.slice(end),
    toGateway: (vendorHost) => `${own}/${vendorHost}`,
  };
}

/** A port of its own for one vendor host, for SDKs that drop a path prefix. */
export function locateByPort(host: string): (request: IncomingMessage) => Place | null {
  return (request) => {
    const url = request.url ?? '';
    const own = `http://${request.headers.host ?? ''}`;
    return url[0] === '/'
      ? {
          host,
          target: url,
          toGateway: (vendorHost) => (vendorHost === host ? own : `https://${vendorHost}`),
        }
      : null;
  };
}
