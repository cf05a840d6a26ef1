import { bearer, secretOf, type OtherVendor } from '../other-vendor.ts';

export const daily: OtherVendor = {
  id: 'daily',
  hosts: ['api.daily.co'],
  path: /^\/v1\/rooms$/,
  make: secretOf((ids) => ids.hex(64)),
  read: bearer,
  live: { total_count: 0, data: [] },
  dead: { status: 400, body: { error: 'authentication-error' } },
};
