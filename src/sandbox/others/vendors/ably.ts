import { basic, secretOf, type OtherVendor } from '../other-vendor.ts';

export const ably: OtherVendor = {
  id: 'ably',
  hosts: ['rest.ably.io'],
  path: /^\/stats$/,
  make: secretOf((ids) => `${ids.alphanumeric(6)}.${ids.alphanumeric(6)}:${ids.alphanumeric(43)}`),
  read: (exchange) => basic(exchange)?.replace(' ', ':') ?? null,
  live: [],
  dead: { status: 401, body: { error: { code: 40101, message: 'Invalid credentials' } } },
  restricted: { status: 401, body: { error: { code: 40160, message: 'action not permitted' } } },
};
