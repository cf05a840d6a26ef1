import { basic, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const clicksend: OtherVendor = {
  id: 'clicksend',
  hosts: ['rest.clicksend.com'],
  path: /^\/v3\/account$/,
  make: (ids) => ({ id: 'owner@example.com', secret: ids.uuid().toUpperCase() }),
  read: basic,
  live: { http_code: 200, data: { balance: '20.5' } },
  dead: unauthorized,
};
