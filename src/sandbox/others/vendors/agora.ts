import { basic, forbidden, type OtherVendor } from '../other-vendor.ts';

export const agora: OtherVendor = {
  id: 'agora',
  hosts: ['api.agora.io'],
  path: /^\/dev\/v1\/projects$/,
  make: (ids) => ({ id: ids.hex(32), secret: ids.hex(32) }),
  read: basic,
  live: { projects: [] },
  dead: { status: 401, body: { message: 'Invalid authentication credentials' } },
  restricted: forbidden,
};
