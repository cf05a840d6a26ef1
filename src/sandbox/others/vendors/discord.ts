import { scheme, secretOf, type OtherVendor } from '../other-vendor.ts';

export const discord: OtherVendor = {
  id: 'discord',
  hosts: ['discord.com'],
  path: /^\/api\/v10\/users\/@me$/,
  make: secretOf((ids) => `${ids.alphanumeric(24)}.${ids.alphanumeric(6)}.${ids.alphanumeric(27)}`),
  read: scheme('Bot'),
  live: { id: '1', username: 'example' },
  dead: { status: 401, body: { message: '401: Unauthorized', code: 0 } },
};
