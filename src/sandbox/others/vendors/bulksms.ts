import { basic, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const bulksms: OtherVendor = {
  id: 'bulksms',
  hosts: ['api.bulksms.com'],
  path: /^\/v1\/profile$/,
  make: (ids) => ({ id: ids.uuid().toUpperCase(), secret: ids.alphanumeric(29) }),
  read: basic,
  live: { credits: { balance: 41 } },
  dead: unauthorized,
};
