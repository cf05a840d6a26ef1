import { forbidden, scheme, secretOf, type OtherVendor } from '../other-vendor.ts';

export const messagebird: OtherVendor = {
  id: 'messagebird',
  hosts: ['rest.messagebird.com'],
  path: /^\/balance$/,
  make: secretOf((ids) => ids.alphanumeric(25)),
  read: scheme('AccessKey'),
  live: { payment: 'prepaid', type: 'euros', amount: 103 },
  dead: {
    status: 401,
    body: { errors: [{ code: 2, description: 'Request not allowed (incorrect access_key)' }] },
  },
  restricted: forbidden,
};
