import { scheme, secretOf, type OtherVendor } from '../other-vendor.ts';

export const deepgram: OtherVendor = {
  id: 'deepgram',
  hosts: ['api.deepgram.com'],
  path: /^\/v1\/projects$/,
  make: secretOf((ids) => ids.hex(40)),
  read: scheme('Token'),
  live: { projects: [] },
  dead: { status: 401, body: { err_code: 'INVALID_AUTH', err_msg: 'Invalid credentials.' } },
  restricted: { status: 403, body: { err_code: 'INSUFFICIENT_PERMISSIONS' } },
};
