import { forbidden, header, secretOf, unauthorized, type OtherVendor } from '../other-vendor.ts';

export const tyntec: OtherVendor = {
  id: 'tyntec',
  hosts: ['api.tyntec.com'],
  path: /^\/2fa\/v1\/application$/,
  make: secretOf((ids) => ids.alphanumeric(32)),
  read: header('apikey'),
  live: [],
  dead: unauthorized,
  restricted: forbidden,
};
