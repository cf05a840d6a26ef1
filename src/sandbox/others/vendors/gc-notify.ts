import { scheme, type OtherVendor } from '../other-vendor.ts';

export const gcNotify: OtherVendor = {
  id: 'gc-notify',
  hosts: ['api.notification.canada.ca'],
  path: /^\/v2\/notifications$/,
  make: (ids) => {
    const token = ids.uuid();
    return { token, secret: `gcntfy-example-${ids.uuid()}-${token}` };
  },
  read: scheme('ApiKey-v1'),
  live: { notifications: [] },
  dead: {
    status: 403,
    body: { errors: [{ error: 'AuthError', message: 'Invalid token: API key not found' }] },
  },
};
