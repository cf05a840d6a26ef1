import { header, secretOf, type OtherVendor } from '../other-vendor.ts';

export const elevenlabs: OtherVendor = {
  id: 'elevenlabs',
  hosts: ['api.elevenlabs.io'],
  path: /^\/v1\/user$/,
  make: secretOf((ids) => `sk_${ids.hex(48)}`),
  read: header('xi-api-key'),
  live: { subscription: { tier: 'creator' } },
  dead: { status: 401, body: { detail: { status: 'invalid_api_key', message: 'Invalid API key' } } },
  restricted: { status: 401, body: { detail: { status: 'missing_permissions', message: 'user_read' } } },
};
