import { secretOf, type OtherVendor } from '../other-vendor.ts';

export const discordWebhook: OtherVendor = {
  id: 'discord-webhook',
  hosts: ['discord.com'],
  path: /^\/api\/v10\/webhooks\/\d+\/[\w-]+$/,
  make: secretOf((ids) => `${ids.digits(18)}/${ids.alphanumeric(68)}`),
  read: ({ path }) => /\/webhooks\/(.+)$/.exec(path)?.[1] ?? null,
  live: { id: '1', type: 1, name: 'alerts' },
  dead: { status: 404, body: { message: 'Unknown Webhook', code: 10015 } },
};
