import { bearer, forbidden, secretOf, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const courier: OtherVendor = {
  id: 'courier',
  hosts: ['api.courier.com'],
  path: /^\/preferences$/,
  make: secretOf((ids) => `pk_prod_${ids.alphanumeric(28).toUpperCase()}`),
  read: bearer,
  live: { items: [] },
  dead: unauthorized,
  restricted: forbidden,
};
