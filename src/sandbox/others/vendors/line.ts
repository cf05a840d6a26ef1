import { bearer, secretOf, type OtherVendor } from '../other-vendor.ts';

export const line: OtherVendor = {
  id: 'line',
  hosts: ['api.line.me'],
  path: /^\/v2\/bot\/info$/,
  make: secretOf((ids) => `${ids.alphanumeric(170)}=`),
  read: bearer,
  live: { displayName: 'Example' },
  dead: { status: 401, body: { message: 'Authentication failed' } },
};
