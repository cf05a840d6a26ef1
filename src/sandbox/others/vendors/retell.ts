import { bearer, forbidden, secretOf, type OtherVendor } from '../other-vendor.ts';

export const retell: OtherVendor = {
  id: 'retell',
  hosts: ['api.retellai.com'],
  path: /^\/list-agents$/,
  make: secretOf((ids) => `key_${ids.hex(28)}`),
  read: bearer,
  live: [],
  dead: { status: 401, body: { status: 401, message: 'Invalid API Key' } },
  restricted: forbidden,
};
