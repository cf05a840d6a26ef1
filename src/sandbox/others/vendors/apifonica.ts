import { basic, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const apifonica: OtherVendor = {
  id: 'apifonica',
  hosts: ['api.apifonica.com'],
  path: /^\/v2\/accounts$/,
  make: (ids) => ({ id: `acc${ids.uuid()}`, secret: `auth${ids.uuid()}` }),
  read: basic,
  live: { accounts: [] },
  dead: unauthorized,
};
