import { bearer, forbidden, secretOf, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const voodoosms: OtherVendor = {
  id: 'voodoosms',
  hosts: ['api.voodoosms.com'],
  path: /^\/credits$/,
  make: secretOf((ids) => ids.alphanumeric(46)),
  read: bearer,
  live: { amount: '31' },
  dead: unauthorized,
  restricted: forbidden,
};
