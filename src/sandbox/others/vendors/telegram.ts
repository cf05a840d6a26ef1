import { secretOf, type OtherVendor } from '../other-vendor.ts';

export const telegram: OtherVendor = {
  id: 'telegram',
  hosts: ['api.telegram.org'],
  path: /^\/bot[^/]+\/getMe$/,
  make: secretOf((ids) => `${ids.digits(10)}:AA${ids.alphanumeric(33)}`),
  read: ({ path }) => decodeURIComponent(/^\/bot([^/]+)\//.exec(path)?.[1] ?? ''),
  live: { ok: true, result: { id: 1, is_bot: true, username: 'example_bot' } },
  dead: { status: 401, body: { ok: false, error_code: 401, description: 'Unauthorized' } },
};
