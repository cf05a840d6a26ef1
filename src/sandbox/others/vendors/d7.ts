import { scheme, secretOf, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const d7: OtherVendor = {
  id: 'd7',
  hosts: ['rest-api.d7networks.com'],
  path: /^\/secure\/balance$/,
  make: secretOf((ids) => Buffer.from(`${ids.alphanumeric(8)}:${ids.alphanumeric(8)}`).toString('base64')),
  read: scheme('Basic'),
  live: { data: { balance: 2.5 } },
  dead: unauthorized,
};
