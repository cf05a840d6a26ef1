interface Address {
  readonly host: string;
  readonly port: number;
}

/** URL of what listens there; an IPv6 address stands in brackets. */
export function listenerUrl({ host, port }: Address, scheme: 'http' | 'https' = 'http'): string {
  return `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`;
}
