import { bearer, secretOf, type OtherVendor } from '../other-vendor.ts';

export const resend: OtherVendor = {
  id: 'resend',
  hosts: ['api.resend.com'],
  path: /^\/domains$/,
  make: secretOf((ids) => `re_${ids.alphanumeric(8)}_${ids.alphanumeric(24)}`),
  read: bearer,
  live: { data: [] },
  dead: { status: 400, body: { statusCode: 400, name: 'validation_error', message: 'API key is invalid' } },
  restricted: {
    status: 401,
    body: {
      statusCode: 401,
      name: 'restricted_api_key',
      message: 'This API key is restricted to only send emails',
    },
  },
};
