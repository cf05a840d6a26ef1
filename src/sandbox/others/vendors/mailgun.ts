import { basic, forbidden, type OtherVendor } from '../other-vendor.ts';

export const mailgun: OtherVendor = {
  id: 'mailgun',
  hosts: ['api.mailgun.net', 'api.eu.mailgun.net'],
  path: /^\/v3\/domains$/,
  make: (ids) => ({ id: 'api', secret: `key-${ids.hex(32)}` }),
  read: basic,
  live: { total_count: 1, items: [] },
  dead: { status: 401, body: 'Forbidden' },
  restricted: forbidden,
};
