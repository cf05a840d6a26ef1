import { bearer, secretOf, type OtherVendor } from '../other-vendor.ts';

export const slack: OtherVendor = {
  id: 'slack',
  hosts: ['slack.com'],
  path: /^\/api\/auth\.test$/,
  make: secretOf((ids) => `xoxb-${ids.digits(12)}-${ids.digits(12)}-${ids.alphanumeric(24)}`),
  read: bearer,
  live: { ok: true, team: 'Example', user: 'bot' },
  dead: { status: 200, body: { ok: false, error: 'invalid_auth' } },
  restricted: { status: 200, body: { ok: false, error: 'org_login_required' } },
};
