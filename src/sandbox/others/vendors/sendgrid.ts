import { bearer, secretOf, type OtherVendor } from '../other-vendor.ts';

export const sendgrid: OtherVendor = {
  id: 'sendgrid',
  hosts: ['api.sendgrid.com'],
  path: /^\/v3\/scopes$/,
  make: secretOf((ids) => `SG.${ids.alphanumeric(22)}.${ids.alphanumeric(43)}`),
  read: bearer,
  live: { scopes: ['mail.send', 'templates.read'] },
  dead: { status: 401, body: { errors: [{ field: null, message: 'authorization required' }] } },
  restricted: { status: 403, body: { errors: [{ field: null, message: 'access forbidden' }] } },
};
