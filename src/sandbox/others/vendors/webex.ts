import { bearer, forbidden, secretOf, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const webex: OtherVendor = {
  id: 'webex',
  hosts: ['webexapis.com'],
  path: /^\/v1\/people\/me$/,
  make: secretOf((ids) => `${ids.alphanumeric(64)}_${ids.alphanumeric(4)}_${ids.uuid()}`),
  read: bearer,
  live: { displayName: 'Example' },
  dead: unauthorized,
  restricted: forbidden,
};
