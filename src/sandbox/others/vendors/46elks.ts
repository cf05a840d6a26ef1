import { basic, forbidden, type OtherVendor } from '../other-vendor.ts';

export const elks46: OtherVendor = {
  id: '46elks',
  hosts: ['api.46elks.com'],
  path: /^\/a1\/me$/i,
  make: (ids) => ({ id: `u${ids.hex(32)}`, secret: ids.hex(32).toUpperCase() }),
  read: basic,
  live: { id: 'u1', balance: 10000, currency: 'SEK' },
  dead: { status: 401, body: 'API access requires Basic HTTP authentication' },
  restricted: forbidden,
};
