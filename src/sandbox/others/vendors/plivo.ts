import { basic, type OtherVendor } from '../other-vendor.ts';

export const plivo: OtherVendor = {
  id: 'plivo',
  hosts: ['api.plivo.com'],
  path: /^\/v1\/Account\/[^/]+\/$/,
  make: (ids) => ({ id: `MA${ids.alphanumeric(18).toUpperCase()}`, secret: ids.alphanumeric(40) }),
  read: basic,
  live: { cash_credits: '12.50', account_type: 'standard' },
  dead: { status: 401, body: 'Could not verify your access level for that URL.' },
};
