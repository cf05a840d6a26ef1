import { header, secretOf, type OtherVendor } from '../other-vendor.ts';

export const postmark: OtherVendor = {
  id: 'postmark',
  hosts: ['api.postmarkapp.com'],
  path: /^\/server$/,
  make: secretOf((ids) => ids.uuid()),
  read: header('x-postmark-server-token'),
  live: { ID: 1, Name: 'Example' },
  dead: { status: 401, body: { ErrorCode: 10, Message: 'No Account or Server API tokens were supplied' } },
};
