import { bearer, forbidden, secretOf, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const mailersend: OtherVendor = {
  id: 'mailersend',
  hosts: ['api.mailersend.com'],
  path: /^\/v1\/api-quota$/,
  make: secretOf((ids) => `mlsn.${ids.hex(64)}`),
  read: bearer,
  live: { quota: 1000, remaining: 990 },
  dead: unauthorized,
  restricted: forbidden,
};
