import { basic, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const mailjet: OtherVendor = {
  id: 'mailjet',
  hosts: ['api.mailjet.com'],
  path: /^\/v3\/REST\/apikey$/,
  make: (ids) => ({ id: ids.hex(32), secret: ids.hex(32) }),
  read: basic,
  live: { Count: 1, Data: [] },
  dead: unauthorized,
};
