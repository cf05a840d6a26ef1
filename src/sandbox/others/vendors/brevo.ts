import { header, secretOf, type OtherVendor } from '../other-vendor.ts';

export const brevo: OtherVendor = {
  id: 'brevo',
  hosts: ['api.brevo.com'],
  path: /^\/v3\/account$/,
  make: secretOf((ids) => `xkeysib-${ids.hex(64)}-${ids.alphanumeric(16)}`),
  read: header('api-key'),
  live: { companyName: 'Example', plan: [] },
  dead: { status: 401, body: { code: 'unauthorized', message: 'Key not found' } },
  restricted: {
    status: 401,
    body: {
      code: 'unauthorized',
      message: 'We have detected you are using an unrecognised IP address 192.0.2.1.',
    },
  },
};
