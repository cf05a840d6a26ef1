import { header, secretOf, type OtherVendor } from '../other-vendor.ts';

export const sparkpost: OtherVendor = {
  id: 'sparkpost',
  hosts: ['api.sparkpost.com', 'api.eu.sparkpost.com'],
  path: /^\/api\/v1\/account$/,
  make: secretOf((ids) => ids.hex(40)),
  read: header('authorization'),
  live: { results: { company_name: 'Example' } },
  dead: { status: 401, body: { errors: [{ message: 'Unauthorized.' }] } },
  restricted: { status: 403, body: { errors: [{ message: 'Forbidden.' }] } },
};
