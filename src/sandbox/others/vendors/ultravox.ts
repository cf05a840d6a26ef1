import { header, secretOf, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const ultravox: OtherVendor = {
  id: 'ultravox',
  hosts: ['api.ultravox.ai'],
  path: /^\/api\/calls$/,
  make: secretOf((ids) => `${ids.alphanumeric(8)}.${ids.alphanumeric(32)}`),
  read: header('x-api-key'),
  live: { results: [], total: 0 },
  dead: unauthorized,
};
